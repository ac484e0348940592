import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The versions that fulfil all conditions of a search and lie where the caller may read, newest first.
    ///
    /// One page costs a bounded amount of work. Where matches are rare among many versions, a page can hold fewer than
    /// its limit, even none, and still have a cursor: the search goes on behind it.
    package func search(
        _ query: SearchQuery, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<VersionSummary> {
        let refusal = AuditEntry("search.read", namespace: nil, object: "\(query.kind.rawValue)s")
        return try await read(caller, refusedAs: refusal) { db in
            let list = "search"
            let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM versions") ?? 0
            let before = min(try page.number(in: list) ?? .max, newest + 1)
            let found = try SearchWalk(query, caller, db).versions(before: before, limit: page.limit, db)
            return Page(
                items: try VersionSummary.fetchAll(ids: found.ids, db),
                nextCursor: try found.next.map { try PageCursor(list: list, key: [String($0)]).text })
        }
    }
}
