import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The models or datasets of one namespace, or of all that the caller may read, by name.
    package func collections(
        _ kind: CollectionKind, in namespace: ResourceName?, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<CollectionRecord> {
        let refusal = AuditEntry("collection.list", namespace: namespace?.text, object: "\(kind.rawValue)s")
        return try await read(caller, refusedAs: refusal) { db in
            let only = try namespace.map { try Namespaces.require($0, for: .readMetadata, caller, db) }
            let list = "collections"
            let key = try page.key(in: list, parts: 2) ?? ["", ""]
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(CollectionRecord.columns) FROM namespaces CROSS JOIN collections ON namespace_id = namespaces.id
                        WHERE kind = ? AND \(only == nil ? "? IS NULL" : "namespace_id = ?")
                            AND \(Authorization.condition(.readMetadata, "namespaces.id"))
                            AND namespaces.name >= ? AND (namespaces.name, collections.name) > (?, ?)
                        ORDER BY namespaces.name, collections.name LIMIT ?
                        """),
                arguments: [kind.rawValue, only, caller.holder, key[0], key[0], key[1], page.fetchLimit])
            let aliases = try CollectionRecord.aliases(of: rows, db)
            return try Page(rows, page, list: list, key: { [$0["namespace"], $0["name"]] }) { row in
                try CollectionRecord(row: row, aliases: aliases)
            }
        }
    }

    /// One model or dataset.
    package func collection(
        _ name: QualifiedName, kind: CollectionKind, as caller: Caller
    ) async throws -> CollectionRecord {
        let refusal = AuditEntry("collection.show", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        return try await read(caller, refusedAs: refusal) { db in
            let found = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(CollectionRecord.columns) FROM collections JOIN namespaces ON namespaces.id = namespace_id
                        WHERE collections.id = ?
                        """), arguments: [found.id])
            guard let row = rows.first else { throw RegistryError.absent("\(kind.rawValue) \(name)") }
            return try CollectionRecord(row: row, aliases: CollectionRecord.aliases(of: rows, db))
        }
    }
}

extension CollectionRecord {
    /// Lists join from the namespaces on, in the order of their names, so that no page sorts all names there are.
    fileprivate static let columns = """
        SELECT collections.id, namespaces.name AS namespace, collections.name, collections.created_at,
            coalesce((SELECT number FROM versions WHERE collection_id = collections.id
                      AND \(VersionRows.isPresent("versions.id")) ORDER BY number DESC LIMIT 1), 0) AS latest
        """

    /// Where the aliases of all collections of a page point, by the collections' row ids.
    fileprivate static func aliases(of rows: [Row], _ db: Database) throws -> [Int64: [String: Int]] {
        try AliasRows.present(in: Set(rows.map { $0["id"] as Int64 }), db)
            .reduce(into: [:]) { $0[$1.collection, default: [:]][$1.alias] = $1.number }
    }

    fileprivate init(row: Row, aliases: [Int64: [String: Int]]) throws {
        self.init(
            name: try row.qualifiedName(), createdAt: row["created_at"], latest: row["latest"],
            aliases: aliases[row["id"]] ?? [:])
    }
}
