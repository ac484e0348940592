import GRDB
import RegistryTypes

/// Verdicts that grew older than a policy allows, each of which is noticed once.
enum StaleVerdictRows {
    /// A verdict that is too old.
    struct Stale: Sendable {
        let version: Int64
        let reference: VersionReference
        let digest: Digest
        let reproduction: RunID
        let outcome: Verdict.Outcome
        let endedAt: Int64
        /// The age that the policy allows, in hours.
        let limit: Int
    }

    /// The verdicts of approved versions that are too old, the oldest first, without those that were noticed.
    ///
    /// Of a version it is asked that an alias with a policy points to it, or that a schedule verifies it again: what was
    /// approved once and left behind since may grow old.
    static func unnoticed(at time: Int64, limit: Int, _ db: Database) throws -> [Stale] {
        let newest = PolicyFacts.newestVerdict(
            of: "ruled.version_id", kind: "ruled.kind", allowsLocal: "ruled.allows_local")
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH guarded AS (
                        SELECT aliases.version_id, \(PolicyRows.digest(ofAlias: "aliases.alias")) AS policy
                        FROM aliases JOIN collections ON collections.id = aliases.collection_id
                        WHERE collections.kind = 'model'
                        UNION
                        SELECT versions.id, \(PolicyRows.digest(ofAlias: "'\(Alias.production)'"))
                        FROM model_schedules AS schedule
                        JOIN collections ON collections.id = schedule.collection_id
                        JOIN versions ON versions.collection_id = collections.id
                    ), ruled AS (
                        SELECT version_id, rule ->> '$.kind' AS kind, rule ->> '$.notOlderThanHours' AS hours,
                            coalesce(rule ->> '$.allowLocal', 0) AS allows_local
                        FROM guarded JOIN (
                            SELECT digest, CAST(document AS TEXT) -> '$.verdict' AS rule FROM policy_documents
                        ) AS documents ON documents.digest = guarded.policy
                        WHERE hours IS NOT NULL
                    )
                    SELECT versions.id, versions.number, versions.digest, namespaces.name AS namespace, collections.name,
                        found.id AS reproduction, found.outcome, found.ended_at, min(ruled.hours) AS hours
                    FROM ruled
                    JOIN reproductions AS found ON found.id = \(newest)
                    JOIN versions ON versions.id = ruled.version_id
                    JOIN collections ON collections.id = versions.collection_id
                    JOIN namespaces ON namespaces.id = collections.namespace_id
                    WHERE found.ended_at < ? - ruled.hours * 3600000
                        AND (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1)
                            = 'approve'
                        AND \(VersionRows.isPresent("versions.id"))
                        AND NOT EXISTS (SELECT 1 FROM stale_verdicts
                                        WHERE version_id = versions.id AND reproduction_id = found.id)
                    GROUP BY versions.id, found.id ORDER BY found.ended_at, versions.id LIMIT ?
                    """), arguments: [time, limit]
        ).map { row in
            Stale(
                version: row["id"],
                reference: VersionReference(name: try row.qualifiedName(), selector: .number(row["number"])),
                digest: try row.digest("digest"), reproduction: try RunID(row["reproduction"] as String),
                outcome: try row.choice("outcome"), endedAt: row["ended_at"], limit: row["hours"])
        }
    }

    /// Notes one; returns whether nobody had.
    static func note(_ stale: Stale, at now: Int64, _ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO stale_verdicts (version_id, reproduction_id, noticed_at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """, arguments: [stale.version, stale.reproduction.text, now])
        return db.changesCount > 0
    }

    /// The alerts of versions, by version, that no newer comparison followed.
    static func alerts(of versions: [Int64], _ db: Database) throws -> [Int64: [AlertRecord]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT noticed.version_id, reproduction_id, noticed_at
                    FROM stale_verdicts AS noticed JOIN reproductions AS old ON old.id = reproduction_id
                    WHERE noticed.version_id IN (SELECT value FROM json_each(?))
                        AND NOT EXISTS (SELECT 1 FROM own_verdicts AS newer
                                        WHERE newer.version_id = old.version_id AND newer.kind = old.kind
                                            AND newer.outcome NOT IN ('failed', 'not-verifiable')
                                            AND newer.ended_at > old.ended_at)
                    ORDER BY noticed_at
                    """), arguments: [versions.json])
        return try Dictionary(grouping: rows) { $0["version_id"] }.mapValues { rows in
            try rows.map { row in
                AlertRecord(
                    kind: .staleVerdict, since: row["noticed_at"],
                    reproduction: try RunID(row["reproduction_id"] as String))
            }
        }
    }
}
