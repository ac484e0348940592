import GRDB
import RegistryTypes

/// Carries out a search: over the few candidates of its narrowest condition, or else over versions from the newest on.
///
/// Both are tried a short way first: what is rare is among few candidates, what is common is soon met.
struct SearchWalk {
    /// The most candidates that are looked at one by one, and the most versions that are walked over, in each attempt.
    private static let short = (candidates: 200, versions: Int64(2000))
    private static let long = (candidates: 5000, versions: Int64(20_000))

    /// The row ids of versions, newest first, and the id below which the search goes on.
    struct Found: Sendable {
        let ids: [Int64]
        let next: Int64?
    }

    private let query: SearchQuery
    private let caller: Caller

    init(_ query: SearchQuery, _ caller: Caller) {
        self.query = query
        self.caller = caller
    }

    /// The versions with an id below `before`.
    func versions(before: Int64, limit: Int, _ db: Database) throws -> Found {
        let first = try attempt(Self.short, before: before, limit: limit, db)
        guard first.ids.count < limit, let next = first.next else { return first }
        // What was met that often is not among few candidates.
        let most = (candidates: first.ids.count * 4 < limit ? Self.long.candidates : 0, versions: Self.long.versions)
        let rest = try attempt(most, before: next, limit: limit - first.ids.count, db)
        return Found(ids: first.ids + rest.ids, next: rest.next)
    }

    private func attempt(
        _ most: (candidates: Int, versions: Int64), before: Int64, limit: Int, _ db: Database
    ) throws -> Found {
        if most.candidates > 0, let candidates = try narrowest(most.candidates, db) {
            return Found(try matches(among: candidates, below: before, above: 0, limit, db), limit, end: 0)
        }
        // Versions are never deleted: so many ids are so many versions.
        let end = max(0, before - most.versions - 1)
        return Found(try matches(among: nil, below: before, above: end, limit, db), limit, end: end)
    }

    /// The candidates of the first condition that has few.
    private func narrowest(_ most: Int, _ db: Database) throws -> [Int64]? {
        for source in query.terms.compactMap(\.candidates) {
            let ids = try Int64.fetchAll(db, sql: source.text + " LIMIT ?", arguments: source.arguments + [most + 1])
            if ids.count <= most { return ids }
        }
        return nil
    }

    /// The ids between two others that fulfil all conditions, newest first: one more than `limit`, if there are.
    private func matches(
        among candidates: [Int64]?, below before: Int64, above end: Int64, _ limit: Int, _ db: Database
    ) throws -> [Int64] {
        let conditions = query.terms.map(\.condition)
        let sql = """
            SELECT versions.id FROM versions
            CROSS JOIN collections ON collections.id = versions.collection_id
            CROSS JOIN namespaces ON namespaces.id = collections.namespace_id
            WHERE \(candidates == nil ? "? IS NULL" : "versions.id IN (SELECT value FROM json_each(?))")
                AND versions.id < ? AND versions.id > ? AND collections.kind = ?
                AND \(conditions.map(\.text).joined(separator: " AND "))
                AND \(Authorization.conditionOnMany(.readMetadata, "collections.namespace_id"))
            ORDER BY versions.id DESC LIMIT ?
            """
        let list = candidates.map { "[\($0.map(String.init).joined(separator: ","))]" }
        var arguments: StatementArguments = [list, before, end, query.kind.rawValue]
        for condition in conditions { arguments += condition.arguments }
        arguments += [caller.principal, caller.principal, limit + 1]
        // Not kept prepared: there are more ways to put conditions together than statements to keep.
        return try Int64.fetchAll(db, sql: sql, arguments: arguments)
    }
}

extension SearchWalk.Found {
    /// What was found above `end`, of which one more than `limit` tells that there is more.
    fileprivate init(_ found: [Int64], _ limit: Int, end: Int64) {
        ids = Array(found.prefix(limit))
        next = found.count > limit ? ids.last : end > 0 ? end + 1 : nil
    }
}
