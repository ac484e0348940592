import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Moves an alias of a model or dataset to a version, or removes it.
    ///
    /// `expected` is the number that the alias must point to now, 0 if it must not exist; nil asks for nothing. An
    /// alias that points there already is not moved again. Protected aliases are a matter of models alone.
    package func moveAlias(
        _ alias: Alias, of name: QualifiedName, kind: CollectionKind = .model, to number: Int?, expected: Int? = nil,
        as caller: Caller
    ) async throws -> AliasRecord {
        let object = "\(kind.rawValue):\(name):\(alias)"
        let wanted = number.map(JSONValue.integer) ?? .null
        let refusal = AuditEntry("alias.move", namespace: name.namespace.text, object: object, after: wanted)
        return try await write(caller, refusedAs: refusal) { db, now in
            let collection = try CollectionRows.require(kind, name, for: .moveAlias, caller, db)
            let present = try VersionRows.find(.alias(alias), in: collection, db)
            guard expected == nil || expected == (present?.number ?? 0) else {
                throw RegistryError(
                    .preconditionFailed,
                    "\(alias) points to \(present.map { "version \($0.number)" } ?? "nothing") by now; look again")
            }
            guard number != nil || present != nil else {
                throw RegistryError(.notFound, "\(collection.name) has no alias \(alias)")
            }
            let version = try number.map { try VersionRows.requirePresent(.number($0), in: collection, db) }
            if kind == .model, alias.isProtected, let version,
                try VersionRows.approval(of: version, db) != .approved
            {
                throw RegistryError(
                    .versionNotApproved,
                    "\(alias) is protected: \(name):\(version.number) must be approved first, with `assay approve`")
            }
            if version?.id != present?.id {
                try AliasRows.insert(
                    alias, of: collection.id, to: version?.id, by: caller.principal, at: now, db)
            }
            let entry = AuditEntry(
                "alias.move", namespace: collection.name.namespace.text,
                object: "\(kind.rawValue):\(collection.name):\(alias)", digest: version?.digest,
                before: present.map { .integer($0.number) } ?? .null, after: wanted)
            guard let last = try AliasRows.history(of: alias, in: collection.id, limit: 1, db).first else {
                throw RegistryError(.internalError, "the move of \(alias) is not there")
            }
            return Written(try AliasRecord(row: last), entry)
        }
    }

    /// Where the aliases of a model or dataset point now, by alias.
    package func aliases(
        of name: QualifiedName, kind: CollectionKind, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<AliasRecord> {
        let refusal = AuditEntry("alias.list", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
            let list = "aliases"
            let rows = try AliasRows.present(
                in: collection.id, after: page.key(in: list)?[0], limit: page.fetchLimit, db)
            return try Page(rows, page, list: list, key: { [$0["alias"]] }, item: AliasRecord.init(row:))
        }
    }

    /// The moves of an alias, newest first; one without a version removed it.
    package func aliasHistory(
        of alias: Alias, of name: QualifiedName, kind: CollectionKind, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<AliasRecord> {
        let object = "\(kind.rawValue):\(name):\(alias)"
        let refusal = AuditEntry("alias.history", namespace: name.namespace.text, object: object)
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
            let list = "alias-history"
            let last = try page.number(in: list)
            let rows = try AliasRows.history(
                of: alias, in: collection.id, before: last, limit: page.fetchLimit, db)
            guard !rows.isEmpty || last != nil else {
                throw RegistryError(.notFound, "\(collection.name) has never had an alias \(alias)")
            }
            return try Page(
                rows, page, list: list, key: { [String($0["move"] as Int64)] }, item: AliasRecord.init(row:))
        }
    }
}
