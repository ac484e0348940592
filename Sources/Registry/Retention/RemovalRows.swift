import GRDB

/// The rows of removals: a version that has one is gone, for good.
enum RemovalRows {
    /// Whether a version was removed.
    static func isRemoved(_ version: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM version_removals WHERE version_id = ?)"),
            arguments: [version]) ?? false
    }

    /// Records a removal, by a principal or by a retention rule.
    static func insert(_ version: Int64, by principal: String?, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO version_removals (version_id, removed_at, removed_by) VALUES (?, ?, ?)",
            arguments: [version, now, principal])
    }
}
