import GRDB

/// Versions among which are all that fulfil a condition of a search.
enum SearchCandidates {
    /// All versions there are.
    case everyVersion
    /// What a query for `version_id` answers from indexes alone, in any order, some perhaps several times.
    case query(SearchSQL)

    /// A stretch of the candidates, newest first.
    struct Chunk {
        /// The ids; nil where every id of the stretch is one.
        let ids: [Int64]?
        /// The stretch goes down to this id; nil where it reaches the last candidate.
        let end: Int64?
    }

    /// The versions of some namespaces.
    static func inNamespaces(_ namespaces: [Int64]) -> SearchCandidates {
        let parts = namespaces.map { "SELECT version_id FROM version_places WHERE namespace_id = \($0)" }
        let none = "SELECT version_id FROM version_places WHERE false"
        return .query(SearchSQL(parts.isEmpty ? none : parts.joined(separator: " UNION ALL ")))
    }

    /// Those of them that lie in some namespaces; nil for all.
    func inNamespaces(_ namespaces: [Int64]?) -> SearchCandidates {
        guard let namespaces, case .query(let query) = self else { return self }
        return .query(
            SearchSQL(
                text: """
                    SELECT version_id FROM (\(query.text)) AS candidate
                    WHERE EXISTS (SELECT 1 FROM version_places AS placed
                                  WHERE placed.namespace_id IN (\(Self.list(namespaces)))
                                      AND placed.version_id = candidate.version_id)
                    """, arguments: query.arguments))
    }

    /// Whether stretches of them are lists.
    var isList: Bool { if case .query = self { true } else { false } }

    /// Row ids as SQL lists them.
    static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }

    /// How many there are, at most `most`.
    func count(upTo most: Int, _ db: Database) throws -> Int {
        guard case .query(let query) = self else { return most }
        return try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (\(query.text) LIMIT ?)", arguments: query.arguments + [most]) ?? 0
    }

    /// The next candidates below an id.
    func chunk(below before: Int64, size: Int, _ db: Database) throws -> Chunk {
        guard case .query(let query) = self else {
            // Versions are never deleted: so many ids are so many versions.
            let end = before - Int64(size)
            return Chunk(ids: nil, end: end > 1 ? end : nil)
        }
        let ids = try Int64.fetchAll(
            db, sql: "SELECT version_id FROM (\(query.text)) WHERE version_id < ? ORDER BY version_id DESC LIMIT ?",
            arguments: query.arguments + [before, size])
        return Chunk(ids: ids, end: ids.count == size ? ids.last : nil)
    }
}
