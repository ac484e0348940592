import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Entries of the audit log behind a sequence number, oldest first: of one namespace, or of the whole server.
    ///
    /// Needs the right to read the log there; a page's cursor takes the place of the sequence number.
    package func auditLog(
        of namespace: ResourceName?, after sequence: Int64? = nil, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<AuditRecord> {
        let object = namespace.map { "namespace:\($0)" } ?? "server"
        let refusal = AuditEntry("log.read", namespace: namespace?.text, object: object)
        return try await read(caller, refusedAs: refusal) { db in
            let only = try namespace.map { try Namespaces.require($0, for: .readLog, caller, db) }
            if only == nil { try Self.requireWholeLog(caller, db) }
            let list = "audit"
            let rows = try AuditTrail.rows(
                of: only, after: page.number(in: list) ?? sequence ?? -1, limit: page.fetchLimit, db)
            var answer = try Page(
                rows, page, list: list, key: { [String($0["sequence"] as Int64)] }, item: AuditRecord.init(row:))
            let names = try PrincipalRows.names(of: Set(answer.items.compactMap(\.actor)), db)
            for index in answer.items.indices {
                answer.items[index].actorName = answer.items[index].actor.flatMap { names[$0] }
            }
            return answer
        }
    }

    /// Entries of the whole log behind a sequence number, for the server itself: asks for no right.
    package func auditEntries(after sequence: Int64, limit: Int) async throws -> [AuditRecord] {
        try await database.read { db in
            try AuditTrail.rows(of: nil, after: sequence, limit: limit, db).map(AuditRecord.init(row:))
        }
    }
}

extension AuditRecord {
    /// The actor's opaque id.
    fileprivate var actor: String? { entry["actor"]?.string }

    /// Reads a row of the log.
    fileprivate init(row: Row) throws {
        self.init(entry: try JSONParser.parse(row["entry"] as Data), leaf: try row.digest("leaf"))
    }
}
