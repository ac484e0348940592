import GRDB
import RegistryTypes

/// The rows of aliases: every move is kept, the last one counts.
enum AliasRows {
    private static let query = """
        SELECT alias_moves.id AS move, alias, versions.number, versions.digest, moved_at, \(PrincipalRecord.columns)
        FROM alias_moves LEFT JOIN versions ON versions.id = alias_moves.version_id
        \(PrincipalRecord.join("alias_moves.moved_by"))
        """

    /// Records a move; nil removes the alias.
    static func insert(
        _ alias: Alias, of collection: Int64, to version: Int64?, by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [collection, alias.text, version, now, principal])
    }

    /// Where the aliases of a collection point now, by alias.
    static func present(in collection: Int64, after alias: String?, limit: Int, _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query)
                    WHERE alias_moves.id IN (SELECT max(id) FROM alias_moves WHERE collection_id = ? GROUP BY alias)
                        AND alias_moves.version_id IS NOT NULL AND alias > ?
                    ORDER BY alias LIMIT ?
                    """), arguments: [collection, alias ?? "", limit])
    }

    /// The moves of an alias before one of them, newest first.
    static func history(
        of alias: Alias, in collection: Int64, before move: Int64? = nil, limit: Int, _ db: Database
    ) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query)
                    WHERE alias_moves.collection_id = ? AND alias = ? AND alias_moves.id < ?
                    ORDER BY alias_moves.id DESC LIMIT ?
                    """), arguments: [collection, alias.text, move ?? .max, limit])
    }

    /// Where all aliases of some collections point now, in one query.
    static func present(in collections: Set<Int64>, _ db: Database) throws -> [Present] {
        try Present.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT alias_moves.collection_id, alias, version_id, number
                    FROM alias_moves JOIN versions ON versions.id = version_id
                    WHERE alias_moves.id IN (SELECT max(id) FROM alias_moves
                        WHERE collection_id IN (\(databaseQuestionMarks(count: collections.count)))
                        GROUP BY collection_id, alias)
                    ORDER BY alias
                    """), arguments: StatementArguments(collections))
    }

    /// Where an alias points.
    struct Present: FetchableRecord, Sendable {
        let collection: Int64
        let alias: String
        let version: Int64
        let number: Int

        init(row: Row) {
            collection = row["collection_id"]
            alias = row["alias"]
            version = row["version_id"]
            number = row["number"]
        }
    }
}

extension AliasRecord {
    /// Reads a row of `AliasRows`.
    init(row: Row) throws {
        self.init(
            alias: try Alias(row["alias"] as String), version: row["number"], digest: try row.optionalDigest("digest"),
            movedAt: row["moved_at"], movedBy: try PrincipalRecord(row: row))
    }
}
