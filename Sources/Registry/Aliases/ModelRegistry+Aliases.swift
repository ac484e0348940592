import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Where the aliases of a model or dataset point now, by alias.
    package func aliases(
        of name: QualifiedName, kind: CollectionKind, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<AliasRecord> {
        let refusal = AuditEntry("alias.list", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        let time = caller.past ?? clock()
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
            let list = "aliases"
            let rows = try AliasRows.present(
                in: collection.id, after: page.key(in: list)?[0], limit: page.fetchLimit, db)
            let versions = kind == .model ? rows.map { $0["version_id"] as Int64 } : []
            let alerts = try AlertRecord.all(of: versions, at: time, db)
            return try Page(rows, page, list: list, key: { [$0["alias"]] }) { row in
                var record = try AliasRecord(row: row)
                record.alerts = alerts[row["version_id"]]?.filter { $0.alias == nil || $0.alias == record.alias }
                return record
            }
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
