import Foundation
import GRDB
import RegistryTypes

/// The rows of models and datasets.
enum CollectionRows {
    /// A model or dataset.
    struct Collection: Sendable {
        let id: Int64
        let namespace: Int64
        /// The name as it was first given.
        let name: QualifiedName
    }

    /// Finds a model or dataset, or throws `not-found`.
    static func require(_ kind: CollectionKind, _ name: QualifiedName, _ db: Database) throws -> Collection {
        guard let found = try find(kind, name, db) else {
            throw RegistryError.absent("\(kind.rawValue) \(name)")
        }
        return found
    }

    /// Finds a model or dataset of a namespace in which the caller has a right.
    ///
    /// The right is asked for first: who has no role in the namespace gets the same `not-found` whether or not the
    /// namespace or the name exist.
    static func require(
        _ kind: CollectionKind, _ name: QualifiedName, for permission: Permission, _ caller: Caller, _ db: Database
    ) throws -> Collection {
        _ = try Namespaces.require(name.namespace, for: permission, caller, db)
        return try require(kind, name, db)
    }

    /// Finds a model or dataset, or makes it.
    static func findOrInsert(
        _ kind: CollectionKind, _ name: QualifiedName, at now: Int64, _ db: Database
    ) throws -> Collection {
        if let found = try find(kind, name, db) { return found }
        let namespace = try Namespaces.require(name.namespace, db)
        try db.execute(
            sql: "INSERT INTO collections (kind, namespace_id, name, created_at) VALUES (?, ?, ?, ?)",
            arguments: [kind.rawValue, namespace, name.name.text, now])
        let id = db.lastInsertedRowID
        try db.execute(
            sql: "INSERT INTO collection_names (rowid, name) VALUES (?, ?)", arguments: [id, name.description])
        return Collection(id: id, namespace: namespace, name: name)
    }

    /// The number that the collection's next version gets.
    static func nextNumber(of collection: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT coalesce(max(number), 0) + 1 FROM versions WHERE collection_id = ?"),
            arguments: [collection]) ?? 1
    }

    private static func find(_ kind: CollectionKind, _ name: QualifiedName, _ db: Database) throws -> Collection? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT collections.id, namespace_id, namespaces.name AS namespace, collections.name
                    FROM collections JOIN namespaces ON namespaces.id = namespace_id
                    WHERE namespaces.name = ? AND kind = ? AND collections.name = ?
                    """), arguments: [name.namespace.text, kind.rawValue, name.name.text])
        return try row.map { row in
            Collection(
                id: row["id"], namespace: row["namespace_id"],
                name: QualifiedName(
                    namespace: try ResourceName(row["namespace"] as String),
                    name: try ResourceName(row["name"] as String)))
        }
    }
}
