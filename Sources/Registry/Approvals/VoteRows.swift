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

    /// The approvals of a version that no rejection or withdrawal followed, oldest first.
    static func standing(for version: Int64, _ db: Database) throws -> [PolicyFacts.Vote] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT voted_by, voted_at, evidence FROM approval_votes
                    WHERE version_id = ? AND after_decision = ? ORDER BY id DESC LIMIT 200
                    """), arguments: [version, try lastEnd(of: version, db)]
        ).reversed().map { row in
            PolicyFacts.Vote(
                principal: row["voted_by"], at: row["voted_at"],
                evidence: try (row["evidence"] as String?).map {
                    try JSONDecoder().decode(ApprovalEvidence.self, from: Data($0.utf8))
                })
        }
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
