import GRDB
import RegistryTypes

/// The rows of legal holds and of the steps by which they end.
enum HoldRows {
    /// A hold, as the rules need it.
    struct Stored: Sendable {
        let record: HoldRecord
        let namespace: Int64
    }

    private static let query = """
        SELECT holds.id AS hold, holds.reason, holds.placed_at, collections.kind, collections.namespace_id,
            namespaces.name AS namespace, collections.name, versions.number, versions.digest,
            ask.lifted_at AS asked_at, ask.lifted_by AS asked_by, confirm.lifted_at, confirm.lifted_by,
            \(PrincipalRecord.columns)
        FROM holds
        JOIN versions ON versions.id = holds.version_id
        JOIN collections ON collections.id = versions.collection_id
        JOIN namespaces ON namespaces.id = collections.namespace_id
        LEFT JOIN hold_lifts AS ask ON ask.hold_id = holds.id AND ask.step = 'ask'
        LEFT JOIN hold_lifts AS confirm ON confirm.hold_id = holds.id AND confirm.step = 'confirm'
        \(PrincipalRecord.join("holds.placed_by"))
        """

    /// Places a hold.
    static func insert(
        _ id: RunID, on version: Int64, reason: String, by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: "INSERT INTO holds (id, version_id, reason, placed_at, placed_by) VALUES (?, ?, ?, ?, ?)",
            arguments: [id.text, version, reason, now, principal])
    }

    /// Records a step by which a hold ends.
    static func lift(
        _ id: RunID, isConfirmed: Bool, by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: "INSERT INTO hold_lifts (hold_id, step, lifted_at, lifted_by) VALUES (?, ?, ?, ?)",
            arguments: [id.text, isConfirmed ? "confirm" : "ask", now, principal])
    }

    /// Finds a hold in whose namespace the caller has a right.
    static func require(
        _ id: RunID, for permission: Permission, _ caller: Caller, _ db: Database
    ) throws -> Stored {
        let row = try Row.fetchOne(db.cachedStatement(sql: query + " WHERE holds.id = ?"), arguments: [id.text])
        guard let row else { throw RegistryError.absent("hold \(id)") }
        let stored = Stored(record: try HoldRecord(row: row, db), namespace: row["namespace_id"])
        try Authorization.require(permission, caller, namespace: stored.namespace, hiding: "hold \(id)", db)
        return stored
    }

    /// The holds of a namespace, newest first, those that were lifted included.
    static func all(in namespace: Int64, before id: String?, limit: Int, _ db: Database) throws -> [HoldRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: query + " WHERE collections.namespace_id = ? AND holds.id < ? ORDER BY holds.id DESC LIMIT ?"),
            arguments: [namespace, id ?? "~", limit]
        ).map { try HoldRecord(row: $0, db) }
    }
}

extension HoldRecord {
    /// Reads a row of `HoldRows`.
    fileprivate init(row: Row, _ db: Database) throws {
        let version = VersionReference(name: try row.qualifiedName(), selector: .number(row["number"]))
        let kind: CollectionKind = try row.choice("kind")
        self.init(
            id: try RunID(row["hold"] as String), version: kind == .model ? .model(version) : .dataset(version),
            digest: try row.digest("digest"), reason: row["reason"], placedAt: row["placed_at"],
            placedBy: try PrincipalRecord(row: row), liftAsked: try Step(row["asked_at"], row["asked_by"], db),
            lifted: try Step(row["lifted_at"], row["lifted_by"], db))
    }
}

extension HoldRecord.Step {
    fileprivate init?(_ time: Int64?, _ principal: String?, _ db: Database) throws {
        guard let time, let principal else { return nil }
        self.init(at: time, by: try PrincipalRecord.fetch(principal, db))
    }
}
