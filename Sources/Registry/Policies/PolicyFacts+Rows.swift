import Foundation
import GRDB
import RegistryTypes

extension PolicyFacts {
    /// The most verdicts and measurements that are looked at.
    private static let mostVerdicts = 100
    private static let mostMeasurements = 1000

    /// Everything that a policy asks about a version and an alias, in a fixed number of queries by indexes.
    static func gather(
        _ version: VersionRows.Version, of collection: CollectionRows.Collection, for alias: Alias, at now: Int64,
        isRollback: Bool = false, _ db: Database
    ) throws -> PolicyFacts {
        let run = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT source_commit IS NOT NULL AS has_source, CAST(document AS TEXT) ->> '$.environment' AS environment
                    FROM runs LEFT JOIN recipes ON recipes.digest = recipe WHERE runs.id = ?
                    """), arguments: [version.run?.text])
        var facts = PolicyFacts(
            at: now, alias: alias, version: VersionReference(name: collection.name, selector: .number(version.number)),
            digest: version.digest, artifact: version.artifact, pushedBy: version.createdBy, flags: version.flags,
            hasSource: run?["has_source"] ?? false, state: try VersionRows.approval(of: version, db))
        facts.environment = try (run?["environment"] as String?).map {
            try JSONDecoder().decode(Recipe.Environment.self, from: Data($0.utf8))
        }
        facts.files = try ScanRows.fetch(version.id, db)
        facts.inputs = try inputs(of: version, db)
        facts.measurements = try measurements(of: version, db)
        facts.verdicts = try verdicts(of: [version.id], db)[version.id] ?? []
        facts.votes = try VoteRows.standing(for: version.id, db)
        facts.requesters = try VoteRows.requesters(for: version.id, db)
        if isRollback {
            facts.isRollback = true
        } else if let present = try VersionRows.find(.alias(alias), in: collection, db) {
            facts.present = Present(
                version: VersionReference(name: collection.name, selector: .number(present.number)),
                digest: present.digest, measurements: try measurements(of: present, db))
        }
        return facts
    }

    private static func inputs(of version: VersionRows.Version, _ db: Database) throws -> [VersionReference] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT namespaces.name AS namespace, collections.name, number
                    FROM run_inputs
                    JOIN versions ON versions.id = version_id
                    JOIN collections ON collections.id = collection_id
                    JOIN namespaces ON namespaces.id = namespace_id
                    WHERE run_inputs.run_id = ? ORDER BY run_inputs.name
                    """), arguments: [version.run?.text]
        ).map { VersionReference(name: try $0.qualifiedName(), selector: .number($0["number"])) }
    }

    /// The last step of each metric of the version's own run and of evaluations that changed nothing, newest first.
    private static func measurements(of version: VersionRows.Version, _ db: Database) throws -> [Measurement] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH measuring AS (
                        SELECT ? AS run_id, ? AS at, 'push' AS origin
                        UNION ALL
                        SELECT run_id, ended_at, iif(reserved_for IS NULL, 'worker', 'local') FROM reproductions
                        WHERE version_id = ? AND kind = 'evaluate' AND outcome IS NOT NULL AND variation IS NULL
                            AND run_id IS NOT NULL)
                    SELECT measuring.at, origin, metrics.name AS metric, step, class, value, versions.number,
                        collections.name, namespaces.name AS namespace
                    FROM measuring JOIN metrics ON metrics.run_id = measuring.run_id
                    LEFT JOIN versions ON versions.id = dataset_version_id
                    LEFT JOIN collections ON collections.id = collection_id
                    LEFT JOIN namespaces ON namespaces.id = collections.namespace_id
                    WHERE step = (SELECT max(step) FROM metrics AS later
                                  WHERE later.run_id = metrics.run_id AND later.name = metrics.name
                                      AND later.dataset_version_id = metrics.dataset_version_id)
                    ORDER BY measuring.at DESC, measuring.run_id DESC, metrics.name, dataset_version_id LIMIT ?
                    """),
            arguments: [version.run?.text, try pushTime(of: version, db), version.id, mostMeasurements]
        ).map { row in
            let dataset = try (row["number"] as Int?).map {
                VersionReference(name: try row.qualifiedName(), selector: .number($0))
            }
            return Measurement(
                metric: Metric(
                    name: row["metric"], step: row["step"], value: Metric.double(row["class"], row["value"]),
                    dataset: dataset), origin: try row.choice("origin"), at: row["at"])
        }
    }

    private static func pushTime(of version: VersionRows.Version, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT created_at FROM versions WHERE id = ?"), arguments: [version.id])
    }

    /// The same as `verdict`, for a query about many versions: the id of the newest verdict that counts, or NULL.
    static func newestVerdict(of version: String, kind: String, allowsLocal: String) -> String {
        """
        (SELECT id FROM reproductions AS counting
         WHERE counting.version_id = \(version) AND counting.kind = \(kind) AND variation IS NULL
            AND outcome NOT IN ('failed', 'not-verifiable')
            AND (compare IS NULL OR outcome IN ('bit-identical', 'tensor-equal', 'diverged'))
            AND (reserved_for IS NULL OR \(allowsLocal))
         ORDER BY ended_at DESC, id DESC LIMIT 1)
        """
    }

    /// The newest verdicts of versions, by version, newest first.
    static func verdicts(of versions: [Int64], _ db: Database) throws -> [Int64: [Finding]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM (
                        SELECT version_id, id, kind, outcome, ended_at, variation, compare IS NOT NULL AS own_tolerances,
                            reserved_for IS NOT NULL AS is_local,
                            EXISTS (SELECT 1 FROM statements WHERE reproduction_id = reproductions.id) AS is_signed,
                            row_number() OVER (PARTITION BY version_id ORDER BY ended_at DESC, id DESC) AS place
                        FROM reproductions
                        WHERE version_id IN (SELECT value FROM json_each(?)) AND outcome IS NOT NULL)
                    WHERE place <= ? ORDER BY version_id, place
                    """), arguments: [versions.json, mostVerdicts])
        return try Dictionary(grouping: rows) { $0["version_id"] }.mapValues { rows in
            try rows.map { row in
                Finding(
                    id: try RunID(row["id"] as String), kind: try row.choice("kind"),
                    outcome: try row.choice("outcome"), at: row["ended_at"], variation: row["variation"],
                    hasOwnTolerances: row["own_tolerances"], isLocal: row["is_local"], isSigned: row["is_signed"])
            }
        }
    }
}
