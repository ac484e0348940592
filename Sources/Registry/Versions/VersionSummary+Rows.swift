import GRDB
import RegistryTypes

extension VersionSummary {
    private static let query = """
        SELECT versions.id, versions.collection_id, collections.kind, namespaces.name AS namespace, collections.name,
            versions.number, versions.digest, versions.artifact, total_size, versions.created_at, versions.flags,
            versions.run_id, runs.source_commit, \(PrincipalRecord.columns),
            (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1) AS decision,
            newest.outcome, newest.ended_at AS verdict_at,
            (SELECT newest.ended_at + interval FROM model_schedules AS schedule
             WHERE schedule.collection_id = versions.collection_id AND schedule.kind = newest.kind) AS stale_at,
            (SELECT twin.number FROM versions AS twin
             WHERE twin.artifact = versions.artifact AND twin.collection_id = versions.collection_id
                AND twin.number <> versions.number
             ORDER BY twin.number LIMIT 1) AS twin,
            (SELECT removed_at FROM version_removals WHERE version_id = versions.id) AS removed_at
        FROM versions
        JOIN collections ON collections.id = versions.collection_id
        JOIN namespaces ON namespaces.id = collections.namespace_id
        JOIN artifacts ON artifacts.digest = versions.artifact
        LEFT JOIN runs ON runs.id = versions.run_id
        LEFT JOIN reproductions AS newest
            ON newest.id = (SELECT id FROM own_verdicts WHERE version_id = versions.id AND kind = 'retrain'
                            ORDER BY outcome IN ('failed', 'not-verifiable'), ended_at DESC, id DESC LIMIT 1)
        \(PrincipalRecord.join("versions.created_by"))
        """

    /// The versions of a collection before a number, newest first, each with everything that lists show of it.
    static func fetchAll(
        in collection: Int64, before number: Int64?, limit: Int, _ db: Database
    ) throws -> [VersionSummary] {
        try read(
            Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(query) WHERE versions.collection_id = ? AND versions.number < ?
                        ORDER BY versions.number DESC LIMIT ?
                        """), arguments: [collection, number ?? .max, limit]), db)
    }

    /// The versions with these row ids, newest first.
    static func fetchAll(ids: [Int64], _ db: Database) throws -> [VersionSummary] {
        try read(
            Row.fetchAll(
                db.cachedStatement(
                    sql: "\(query) WHERE versions.id IN (SELECT value FROM json_each(?)) ORDER BY versions.id DESC"),
                arguments: [ids.json]), db)
    }

    /// One version by its row id.
    static func fetch(_ id: Int64, _ db: Database) throws -> VersionSummary {
        let rows = try Row.fetchAll(db.cachedStatement(sql: query + " WHERE versions.id = ?"), arguments: [id])
        guard let summary = try read(rows, db).first else {
            throw RegistryError(.internalError, "the version with row \(id) is not there")
        }
        return summary
    }

    /// Reads rows and adds the aliases of all of them at once; a name that many rows have is parsed once.
    private static func read(_ rows: [Row], _ db: Database) throws -> [VersionSummary] {
        let present = try AliasRows.present(in: Set(rows.map { $0["collection_id"] as Int64 }), db)
        let aliases = Dictionary(grouping: present, by: \.version)
        let overrides = try OverrideRows.all(of: rows.map { $0["id"] as Int64 }, db)
        var names: [Int64: QualifiedName] = [:]
        return try rows.map { row in
            let collection: Int64 = row["collection_id"]
            let name = try names[collection] ?? row.qualifiedName()
            names[collection] = name
            let own = aliases[row["id"]] ?? []
            var summary = try VersionSummary(row: row, name: name, aliases: own.map(\.alias))
            let overridden = own.filter(\.isOverridden).map(\.alias)
            if !overridden.isEmpty { summary.overriddenAliases = overridden }
            summary.overrides = overrides[row["id"]]
            return summary
        }
    }

    private init(row: Row, name: QualifiedName, aliases: [String]) throws {
        let decision = (row["decision"] as String?).flatMap(Decision.init(rawValue:))
        let kind: CollectionKind = try row.choice("kind")
        self.init(
            name: name, number: row["number"], digest: try row.digest("digest"),
            artifact: try row.digest("artifact"), totalSize: row["total_size"], createdAt: row["created_at"],
            createdBy: try PrincipalRecord(row: row), aliases: aliases,
            approval: kind == .model ? decision?.state ?? .pending : nil, flags: try row.words("flags"),
            verdict: (row["outcome"] as String?).flatMap(Verdict.Outcome.init(rawValue:)),
            verdictAt: row["verdict_at"], staleAt: row["stale_at"], run: try row.optionalRunID("run_id"),
            commit: try (row["source_commit"] as String?).map { try GitCommit($0) }, sameArtifactAs: row["twin"],
            removedAt: row["removed_at"])
    }
}
