import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Makes a namespace; only a server-wide administrator may.
    package func createNamespace(_ name: ResourceName, as caller: Caller) async throws -> NamespaceRecord {
        try ReservedNames.check(namespace: name)
        let entry = AuditEntry("namespace.create", namespace: name.text, object: "namespace:\(name)")
        return try await write(caller, refusedAs: entry) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard try Namespaces.id(of: name, db) == nil else {
                throw RegistryError(.alreadyExists, "the namespace \(name) exists already")
            }
            try db.execute(
                sql: "INSERT INTO namespaces (name, created_at, created_by) VALUES (?, ?, ?)",
                arguments: [name.text, now, caller.principal])
            return Written(NamespaceRecord(name: name, createdAt: now), entry)
        }
    }
}

/// Looks namespaces up by name, whatever its case.
enum Namespaces {
    /// The row id, or nil.
    static func id(of name: ResourceName, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM namespaces WHERE name = ?", arguments: [name.text])
    }

    /// The row id, or `not-found`.
    static func require(_ name: ResourceName, _ db: Database) throws -> Int64 {
        guard let id = try id(of: name, db) else {
            throw RegistryError(.notFound, "there is no namespace \(name), or this token may not see it")
        }
        return id
    }
}
