import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How many entries one question looks through.
    private static let longestLook = 10_000

    /// What happened behind a place in the audit log, as far as the caller may know: oldest first.
    ///
    /// Whoever may read the metadata of a namespace is told of what `EventType` says; who may read the log there, of
    /// everything.
    package func events(
        of namespace: ResourceName? = nil, _ filter: EventFilter = .all, after sequence: Int64, limit: Int,
        as caller: Caller
    ) async throws -> EventPage {
        let object = namespace.map { "namespace:\($0)" } ?? "server"
        let refusal = AuditEntry("event.list", namespace: namespace?.text, object: object)
        return try await read(caller, refusedAs: refusal) { db in
            let only = try namespace.map { try Namespaces.require($0, for: .readMetadata, caller, db) }
            var known: [Int64: Set<Role>] = [:]
            let part = try EventRows.scan(
                of: only, after: sequence, most: limit, entries: Self.longestLook, db
            ) { glance in
                guard filter.wants(glance.type) else { return false }
                let place = glance.namespace ?? 0
                let roles = try known[place] ?? Authorization.roles(of: caller, in: place, db)
                known[place] = roles
                let right = place == 0 ? .readLog : EventType.permission(for: glance.type)
                return !roles.isDisjoint(with: right.roles)
            }
            return EventPage(items: part.events, next: part.next, hasMore: part.hasMore)
        }
    }

    /// The place of the last entry in the audit log, from 0; −1 in an empty one.
    package func lastEntry() async throws -> Int64 {
        try await database.read { db in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(sequence) FROM audit_entries")) ?? -1
        }
    }
}
