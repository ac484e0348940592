import Foundation
import GRDB
import RegistryTypes

/// The rows of approvals, each of one person, and of requests for them; those since the last rejection or withdrawal count.
enum VoteRows {
    /// The last rejection or withdrawal of a version, 0 if there is none.
    static func lastEnd(of version: Int64, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM decisions WHERE version_id = ? AND decision <> 'approve' ORDER BY id DESC LIMIT 1
                    """), arguments: [version]) ?? 0
    }

    /// Records an approval. `decision` is the one that it completes.
    static func insert(
        _ vote: PolicyFacts.Vote, for version: Int64, completing decision: Int64?, comment: Digest?, _ db: Database
    ) throws {
        let evidence = try vote.evidence.map { String(decoding: try $0.canonicalJSON(), as: UTF8.self) }
        try db.execute(
            sql: """
                INSERT INTO approval_votes (version_id, after_decision, decision_id, evidence, comment, voted_at, voted_by)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                version, try lastEnd(of: version, db), decision, evidence, comment.map { Data($0.bytes) }, vote.at,
                vote.principal,
            ])
    }

    /// Records that somebody asks for approval.
    static func insertRequest(
        for version: Int64, comment: Digest?, by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO approval_requests (version_id, after_decision, comment, requested_at, requested_by)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [version, try lastEnd(of: version, db), comment.map { Data($0.bytes) }, now, principal])
    }

    /// A condition for a query: that a row is one of those since the last rejection or withdrawal.
    private static let isStanding = """
        after_decision = coalesce(
            (SELECT max(id) FROM decisions WHERE decisions.version_id = given.version_id AND decision <> 'approve'), 0)
        """

    /// The approvals of versions that no rejection or withdrawal followed, by version, oldest first.
    static func standing(for versions: [Int64], _ db: Database) throws -> [Int64: [PolicyFacts.Vote]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT version_id, voted_by, voted_at, evidence FROM approval_votes AS given
                    WHERE version_id IN (SELECT value FROM json_each(?)) AND \(isStanding) ORDER BY id
                    """), arguments: [versions.json])
        return try Dictionary(grouping: rows) { $0["version_id"] }.mapValues { try $0.map(vote) }
    }

    /// Who asked for the approval of versions since then, by version.
    static func requesters(for versions: [Int64], _ db: Database) throws -> [Int64: [String]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT version_id, requested_by FROM approval_requests AS given
                    WHERE version_id IN (SELECT value FROM json_each(?)) AND \(isStanding) ORDER BY requested_by
                    """), arguments: [versions.json])
        return Dictionary(grouping: rows) { $0["version_id"] }.mapValues { $0.map { $0["requested_by"] } }
    }

    private static func vote(_ row: Row) throws -> PolicyFacts.Vote {
        PolicyFacts.Vote(
            principal: row["voted_by"], at: row["voted_at"],
            evidence: try (row["evidence"] as String?).map {
                try JSONDecoder().decode(ApprovalEvidence.self, from: Data($0.utf8))
            })
    }

    /// The approvals of a version that no rejection or withdrawal followed, oldest first.
    static func standing(for version: Int64, _ db: Database) throws -> [PolicyFacts.Vote] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT voted_by, voted_at, evidence FROM approval_votes
                    WHERE version_id = ? AND after_decision = ? ORDER BY id DESC LIMIT 200
                    """), arguments: [version, try lastEnd(of: version, db)]
        ).reversed().map(vote)
    }

    /// Who asked for approval since the last rejection or withdrawal.
    static func requesters(for version: Int64, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT requested_by FROM approval_requests WHERE version_id = ? AND after_decision = ?
                    ORDER BY requested_by
                    """), arguments: [version, try lastEnd(of: version, db)])
    }
}
