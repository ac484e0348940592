import Foundation
import GRDB
import RegistryTypes

/// The rows of aliases: every move is kept, the last one counts.
enum AliasRows {
    private static let query = """
        SELECT alias_moves.id AS move, alias, version_id, versions.number, versions.digest, moved_at, is_rollback, decision,
            override_id, \(PrincipalRecord.columns)
        FROM alias_moves LEFT JOIN versions ON versions.id = alias_moves.version_id
        \(PrincipalRecord.join("alias_moves.moved_by"))
        """

    /// Records a move; nil removes the alias. `previous` is the move that comes back when this one is taken back.
    static func insert(
        _ move: AliasMove, of collection: Int64, to version: Int64?, previous: Int64, decision: Digest?,
        override: RunID?, by principal: String, at now: Int64, _ db: Database
    ) throws {
        let isRollback = if case .back = move.target { true } else { false }
        try db.execute(
            sql: """
                INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by, previous, is_rollback,
                    decision, override_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                collection, move.alias.text, version, now, principal, previous, isRollback,
                decision.map { Data($0.bytes) }, override?.text,
            ])
    }

    /// A move, and the version that the alias pointed to since.
    struct Place: Sendable {
        let move: Int64
        let version: Int64?
        /// The move that comes back when this one is taken back.
        let previous: Int64

        fileprivate init(row: Row) {
            move = row["id"]
            version = row["version_id"]
            previous = row["previous"]
        }
    }

    /// A move from before it was recorded takes back the one before it.
    private static let places = """
        SELECT id, version_id, coalesce(previous, (
            SELECT max(id) FROM alias_moves AS earlier
            WHERE earlier.collection_id = move.collection_id AND earlier.alias = move.alias AND earlier.id < move.id),
            0) AS previous
        FROM alias_moves AS move
        """

    /// The last move of an alias; nil for one that never was.
    static func place(of alias: Alias, in collection: Int64, _ db: Database) throws -> Place? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "\(places) WHERE collection_id = ? AND alias = ? ORDER BY id DESC LIMIT 1"),
            arguments: [collection, alias.text]
        ).map(Place.init(row:))
    }

    /// The move that comes back when one is taken back.
    static func place(before place: Place, _ db: Database) throws -> Place? {
        try Row.fetchOne(db.cachedStatement(sql: "\(places) WHERE id = ?"), arguments: [place.previous])
            .map(Place.init(row:))
    }

    /// Where the aliases of a collection point, by alias.
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

    /// Where all aliases of some collections point, in one query.
    static func present(in collections: Set<Int64>, _ db: Database) throws -> [Present] {
        try Present.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT alias_moves.collection_id, alias, version_id, number, override_id IS NOT NULL AS is_overridden
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
        /// Whether an emergency override let it.
        let isOverridden: Bool

        init(row: Row) {
            collection = row["collection_id"]
            alias = row["alias"]
            version = row["version_id"]
            number = row["number"]
            isOverridden = row["is_overridden"]
        }
    }
}

extension AliasRecord {
    /// Reads a row of `AliasRows`.
    init(row: Row) throws {
        self.init(
            alias: try Alias(row["alias"] as String), version: row["number"], digest: try row.optionalDigest("digest"),
            movedAt: row["moved_at"], movedBy: try PrincipalRecord(row: row),
            isRollback: (row["is_rollback"] as Bool) ? true : nil, decision: try row.optionalDigest("decision"),
            override: try row.optionalRunID("override_id"))
    }
}
