import Foundation
import GRDB
import RegistryTypes

/// The rows of reproductions.
enum ReproductionRows {
    /// A reproduction with what the rules need beside its public record.
    struct Stored: FetchableRecord, Sendable {
        let record: ReproductionRecord
        let namespace: Int64
        let version: VersionRows.Version
        let isCancelRequested: Bool
        let attempts: Int
        /// Who carries the job out, if it is whoever asked for it.
        let local: String?
        /// The public id of the token that opens the job now.
        let lease: String?
        /// The run that repeated the original, once it has ended.
        let run: RunID?

        init(row: Row) throws {
            namespace = row["namespace_id"]
            version = try VersionRows.Version(row: row)
            isCancelRequested = row["cancel_requested"]
            attempts = row["attempts"]
            local = (row["reserved_for"] as String?).map { (row["local_name"] as String?) ?? $0 }
            lease = row["lease"]
            run = try row.optionalRunID("repeated_by")
            let state: ReproductionRecord.State = try row.choice("state")
            record = ReproductionRecord(
                id: try RunID(row["reproduction_id"] as String),
                version: VersionReference(name: try row.qualifiedName(), selector: .number(version.number)),
                versionDigest: version.digest, kind: try row.choice("kind"), state: state,
                requestedBy: try PrincipalRecord(row: row), createdAt: row["requested_at"],
                startedAt: row["started_at"], endedAt: row["ended_at"],
                compare: try (row["compare"] as String?).map {
                    try JSONDecoder().decode(Recipe.Comparison.self, from: Data($0.utf8))
                },
                variation: try (row["variation"] as String?).map { try Variation($0) },
                scheduled: (row["scheduled"] as Bool) ? true : nil,
                verdict: try (row["verdict"] as String?).map {
                    try JSONDecoder().decode(Verdict.self, from: Data($0.utf8))
                },
                staleAt: row["stale_at"],
                worker: row["worker"],
                phase: state == .running
                    ? (row["phase"] as String?).flatMap(ReproductionRecord.Phase.init(rawValue:)) : nil,
                attempts: attempts == 0 ? nil : attempts,
                statement: try row.optionalDigest("statement"))
        }
    }

    private static let query = """
        SELECT versions.*, reproductions.id AS reproduction_id, reproductions.kind, reproductions.state,
            reproductions.created_at AS requested_at, reproductions.started_at, reproductions.ended_at,
            reproductions.cancel_requested, reproductions.attempts, reproductions.lease, reproductions.phase,
            workers.name AS worker, reproductions.verdict,
            reproductions.run_id AS repeated_by, reproductions.compare, reproductions.reserved_for,
            reproductions.variation, reproductions.scheduled,
            (SELECT reproductions.ended_at + interval FROM model_schedules AS schedule
             WHERE schedule.collection_id = versions.collection_id AND schedule.kind = reproductions.kind
                AND reproductions.outcome IS NOT NULL AND reproductions.variation IS NULL) AS stale_at,
            (SELECT name FROM principal_names WHERE principal_id = reproductions.reserved_for) AS local_name,
            (SELECT digest FROM statements WHERE reproduction_id = reproductions.id) AS statement,
            collections.name AS name, collections.namespace_id, namespaces.name AS namespace,
            \(PrincipalRecord.columns)
        FROM reproductions
        JOIN versions ON versions.id = reproductions.version_id
        JOIN collections ON collections.id = versions.collection_id
        JOIN namespaces ON namespaces.id = collections.namespace_id
        LEFT JOIN workers ON workers.principal_id = reproductions.worker_id
        \(PrincipalRecord.join("reproductions.requested_by"))
        """

    /// Finds a reproduction, or throws `not-found`.
    static func require(_ id: RunID, _ db: Database) throws -> Stored {
        guard
            let found = try Stored.fetchOne(
                db.cachedStatement(sql: query + " WHERE reproductions.id = ?"), arguments: [id.text])
        else { throw RegistryError.absent("reproduction \(id)") }
        return found
    }

    /// Finds a reproduction in whose namespace the caller has a right.
    static func require(_ id: RunID, for permission: Permission, _ caller: Caller, _ db: Database) throws -> Stored {
        let stored = try require(id, db)
        try Authorization.require(
            permission, caller, namespace: stored.namespace, hiding: "reproduction \(id)", db)
        return stored
    }

    /// What a worker must have for a job.
    static func needs(of id: RunID, _ db: Database) throws -> JobNeeds {
        let text = try String.fetchOne(
            db.cachedStatement(sql: "SELECT needs FROM reproductions WHERE id = ?"), arguments: [id.text])
        return try JSONDecoder().decode(JobNeeds.self, from: Data((text ?? "{}").utf8))
    }

    /// The reproductions of a version, newest first, those before `cursor`.
    static func of(version: Int64, before cursor: String? = nil, limit: Int, _ db: Database) throws
        -> [ReproductionRecord]
    {
        try Stored.fetchAll(
            db.cachedStatement(
                sql: query
                    + " WHERE reproductions.version_id = ? AND reproductions.id < ? ORDER BY reproductions.id DESC LIMIT ?"
            ), arguments: [version, cursor ?? "~", limit]
        ).map(\.record)
    }

    /// Ends a reproduction; it never changes afterwards. Without a verdict it was cancelled. The verdict is stored in its
    /// canonical bytes, whose digest the statement names.
    static func end(_ id: RunID, with verdict: Verdict?, run: RunID?, at now: Int64, _ db: Database) throws {
        // The last verdict of a version is the one with the latest end, though the clock was set back since another.
        try db.execute(
            sql: """
                UPDATE reproductions SET state = ?,
                    ended_at = max(?, (SELECT coalesce(max(other.ended_at) + 1, 0) FROM reproductions AS other
                                       WHERE other.version_id = reproductions.version_id)),
                    run_id = ?, outcome = ?, verdict = ? WHERE id = ?
                """,
            arguments: [
                verdict == nil ? "cancelled" : "done", now, run?.text, verdict?.verdict.rawValue,
                try verdict.map { String(decoding: try $0.canonicalJSON(), as: UTF8.self) }, id.text,
            ])
    }
}
