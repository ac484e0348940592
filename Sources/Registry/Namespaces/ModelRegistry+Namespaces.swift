import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Makes a namespace; only a server-wide administrator may.
    package func createNamespace(_ name: ResourceName, as caller: Caller) async throws -> NamespaceRecord {
        try ReservedNames.check(namespace: name)
        let entry = AuditEntry("namespace.create", namespace: name.text, object: "namespace:\(name)")
        return try await writeOnce(caller, refusedAs: entry) { db, now in
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

    /// The namespaces in which the caller has a role, by name.
    package func namespaces(_ page: PageRequest, as caller: Caller) async throws -> Page<NamespaceRecord> {
        let refusal = AuditEntry("namespace.list", namespace: nil, object: "server")
        return try await read(caller, refusedAs: refusal) { db in
            let list = "namespaces"
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT name, created_at FROM namespaces
                        WHERE name > ? AND \(Authorization.condition(.readMetadata, "namespaces.id"))
                        ORDER BY name LIMIT ?
                        """), arguments: [try page.key(in: list)?[0] ?? "", caller.holder, page.fetchLimit])
            return try Page(rows, page, list: list, key: { [$0["name"]] }) { row in
                NamespaceRecord(name: try ResourceName(row["name"] as String), createdAt: row["created_at"])
            }
        }
    }
}

/// Looks namespaces up by name, whatever its case.
enum Namespaces {
    /// The row id, or nil.
    static func id(of name: ResourceName, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM namespaces WHERE name = ?"), arguments: [name.text])
    }

    /// The row id, or `not-found`.
    static func require(_ name: ResourceName, _ db: Database) throws -> Int64 {
        guard let id = try id(of: name, db) else { throw RegistryError.absent("namespace \(name)") }
        return id
    }

    /// The row id of a namespace in which the caller has a right; `not-found` also for who has no role in it.
    static func require(
        _ name: ResourceName, for permission: Permission, _ caller: Caller, _ db: Database
    ) throws -> Int64 {
        let id = try require(name, db)
        try Authorization.require(permission, caller, namespace: id, hiding: "namespace \(name)", db)
        return id
    }
}
