import GRDB
import RegistryTypes

/// Carries out a search: walks over candidates from the newest version on until the page is full.
///
/// A condition that few versions can fulfil gives the candidates. Where none is known to be that rare, the walk begins
/// over more of them, and turns to a longer list when it meets few matches: what is common is soon met.
struct SearchWalk {
    /// A list this short is walked to its end at once.
    private static let few = 1000
    /// The candidates that are looked at before the walk is judged.
    private static let glance = 500
    /// The most candidates that one page looks at, in a list or on the way over all versions.
    private static let most = 20_000
    /// The most namespaces whose versions are walked over one by one instead of all versions.
    private static let fewNamespaces = 32

    /// The row ids of versions, newest first, and the id below which the search goes on.
    struct Found: Sendable {
        let ids: [Int64]
        let next: Int64?
    }

    private let query: SearchQuery
    private let caller: Caller
    /// The namespaces that the caller may read, if they are few; nil for all.
    private let readable: [Int64]?

    init(_ query: SearchQuery, _ caller: Caller, _ db: Database) throws {
        self.query = query
        self.caller = caller
        readable = try Authorization.namespaces(.readMetadata, caller, atMost: Self.fewNamespaces, db)
    }

    /// The versions with an id below `before`.
    func versions(before: Int64, limit: Int, _ db: Database) throws -> Found {
        if let list = try shortest(atMost: Self.few, db) {
            return try walk(list, before: before, limit: limit, atMost: Self.most, db)
        }
        let wide = widest
        let first = try walk(wide, before: before, limit: limit, atMost: Self.glance, db)
        guard first.ids.count < limit, let next = first.next else { return first }
        let missing = limit - first.ids.count
        // How far it is to the end of the page, if matches go on to be as frequent as they were.
        let isFar = missing * Self.glance > 3000 * max(1, first.ids.count)
        let source = try isFar ? shortest(atMost: Self.most, db) ?? wide : wide
        let rest = try walk(source, before: next, limit: missing, atMost: Self.most, db)
        return Found(ids: first.ids + rest.ids, next: rest.next)
    }

    /// The readable candidates of the condition that has the fewest of all, if those are at most so many.
    private func shortest(atMost most: Int, _ db: Database) throws -> SearchCandidates? {
        var best: (term: SearchTerm, count: Int)?
        for term in query.terms {
            let bound = best?.count ?? most + 1
            guard let count = try term.candidates(in: nil)?.count(upTo: bound, db), count < bound else { continue }
            best = (term, count)
        }
        return best?.term.candidates(in: readable)
    }

    /// What to walk over without a short list: what an index has in the order of versions, or else all that there is.
    private var widest: SearchCandidates {
        let ordered = query.terms.filter { $0.orderedCandidates != nil }
        if let rare = ordered.first(where: { !$0.isApproval }) { return rare.orderedCandidates ?? .everyVersion }
        return readable.map { .inNamespaces($0) } ?? ordered.first?.orderedCandidates ?? .everyVersion
    }

    private func walk(
        _ source: SearchCandidates, before: Int64, limit: Int, atMost most: Int, _ db: Database
    ) throws -> Found {
        let check = try SearchCheck(query, caller, ofLists: source.isList, db)
        var (found, looked, before, size) = ([Int64](), 0, before, min(most, max(Self.glance, 2 * limit)))
        while true {
            let chunk = try source.chunk(below: before, size: size, db)
            found += try check.matches(in: chunk, below: before, atMost: limit + 1 - found.count)
            if found.count > limit { return Found(ids: found.dropLast(), next: found[limit - 1]) }
            looked += size
            guard let end = chunk.end, looked < most else { return Found(ids: found, next: chunk.end) }
            (before, size) = (end, min(most - looked, 4 * size))
        }
    }
}
