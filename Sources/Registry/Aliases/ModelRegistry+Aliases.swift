import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Moves an alias of a model to a version, or removes it; returns the version's number.
    ///
    /// `expected` is the number that the alias must point to now, 0 if it must not exist; nil asks for nothing.
    package func moveAlias(
        _ alias: Alias, of name: QualifiedName, to number: Int?, expected: Int? = nil, as caller: Caller
    ) async throws -> Int? {
        let object = "model:\(name):\(alias)"
        let refusal = AuditEntry("alias.move", namespace: name.namespace.text, object: object)
        return try await write(caller, refusedAs: refusal) { db, now in
            let collection = try CollectionRows.require(.model, name, db)
            try Authorization.require(.moveAlias, caller, namespace: collection.namespace, db)
            let present = try? VersionRows.require(.alias(alias), in: collection, db)
            guard expected == nil || expected == (present?.number ?? 0) else {
                throw RegistryError(
                    .preconditionFailed,
                    "\(alias) points to \(present.map { "version \($0.number)" } ?? "nothing") by now; look again")
            }
            let version = try number.map { try VersionRows.require(.number($0), in: collection, db) }
            if alias.isProtected, let version, try VersionRows.approval(of: version, db) != .approved {
                throw RegistryError(
                    .versionNotApproved,
                    "\(alias) is protected: \(name):\(version.number) must be approved first, with `assay approve`")
            }
            try db.execute(
                sql: """
                    INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [collection.id, alias.text, version?.id, now, caller.principal])
            let entry = AuditEntry(
                "alias.move", namespace: name.namespace.text, object: object, digest: version?.digest,
                before: present.map { .integer($0.number) } ?? .null,
                after: version.map { .integer($0.number) } ?? .null)
            return Written(version?.number, entry)
        }
    }
}
