import GRDB
import RegistryTypes

/// The rows of emergency overrides.
enum OverrideRows {
    /// The override that lets an alias point to a version now; nil without one.
    static func inForce(for version: Int64, _ alias: Alias, at now: Int64, _ db: Database) throws -> RunID? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM overrides JOIN override_confirmations ON override_id = id
                    WHERE version_id = ? AND alias = ? AND expires_at > ? ORDER BY expires_at DESC LIMIT 1
                    """), arguments: [version, alias.text, now]
        ).map { try RunID($0["id"] as String) }
    }

    /// Whether any override of a version is in force: its bytes are served while one is.
    static func isServed(_ version: Int64, at now: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM overrides JOIN override_confirmations ON override_id = id
                                   WHERE version_id = ? AND expires_at > ?)
                    """), arguments: [version, now]) ?? false
    }

    private static let query = """
        SELECT overrides.id AS override_id, overrides.alias, reason, expires_at, asked_at, confirmed_at,
            confirmed_by, versions.id AS version_id, versions.number, versions.digest, namespaces.name AS namespace,
            collections.name, collections.namespace_id, \(PrincipalRecord.columns),
            confirmer.kind AS confirmer_kind, coalesce(confirmer_name.name, confirmer.id) AS confirmer_name
        FROM overrides
        JOIN versions ON versions.id = overrides.version_id
        JOIN collections ON collections.id = versions.collection_id
        JOIN namespaces ON namespaces.id = collections.namespace_id
        \(PrincipalRecord.join("overrides.asked_by"))
        LEFT JOIN override_confirmations ON override_id = overrides.id
        LEFT JOIN principals AS confirmer ON confirmer.id = confirmed_by
        LEFT JOIN principal_names AS confirmer_name ON confirmer_name.principal_id = confirmed_by
        """

    /// An override, for who has a right in its namespace.
    static func require(
        _ id: RunID, for permission: Permission, _ caller: Caller, _ db: Database
    ) throws -> OverrideRecord {
        let thing = "override \(id)"
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(query) WHERE overrides.id = ?"), arguments: [id.text])
        guard let row else { throw RegistryError.absent(thing) }
        try Authorization.require(permission, caller, namespace: row["namespace_id"], hiding: thing, db)
        return try OverrideRecord(row: row)
    }

    /// The overrides of versions, those that wait for a second person included, newest first, by version.
    static func all(of versions: [Int64], _ db: Database) throws -> [Int64: [OverrideRecord]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query) WHERE overrides.version_id IN (SELECT value FROM json_each(?))
                    ORDER BY overrides.id DESC LIMIT 1000
                    """), arguments: [versions.json])
        return try Dictionary(grouping: rows) { $0["version_id"] }.mapValues { try $0.map(OverrideRecord.init(row:)) }
    }
}

extension OverrideRecord {
    fileprivate init(row: Row) throws {
        let confirmed = try (row["confirmed_by"] as String?).map { id in
            Step(
                by: PrincipalRecord(
                    id: id, kind: try row.choice("confirmer_kind"), name: row["confirmer_name"]),
                at: row["confirmed_at"])
        }
        self.init(
            id: try RunID(row["override_id"] as String),
            version: VersionReference(name: try row.qualifiedName(), selector: .number(row["number"])),
            digest: try row.digest("digest"), alias: try Alias(row["alias"] as String), reason: row["reason"],
            expiresAt: row["expires_at"], asked: Step(by: try PrincipalRecord(row: row), at: row["asked_at"]),
            confirmed: confirmed)
    }
}
