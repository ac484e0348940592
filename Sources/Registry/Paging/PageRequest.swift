import GRDB
import RegistryTypes

/// Which part of a list is asked for: so many items behind the place where the page before ended.
///
/// The place is a key, not a count, so that items which come or go in between neither repeat nor hide others.
package struct PageRequest: Sendable, Equatable {
    /// The most items of a page, and how many it has if nothing is said.
    package static let longest = 1000
    package static let usual = 100

    /// The most items that the page may have.
    package let limit: Int
    private let cursor: PageCursor?

    /// Asks for a page; throws `invalid-request` for a limit outside 1…1000 or a malformed cursor.
    package init(limit: Int = PageRequest.usual, cursor: String? = nil) throws {
        guard (1...Self.longest).contains(limit) else {
            throw RegistryError(.invalidRequest, "limit is a number from 1 to \(Self.longest), not \(limit)")
        }
        self.limit = limit
        self.cursor = try cursor.map { try PageCursor($0) }
    }

    /// One row more than the page may have: whether it comes tells whether there is a next page.
    var fetchLimit: Int { limit + 1 }

    /// The key behind which the page starts, nil at the beginning; throws for a cursor of another list.
    func key(in list: String, parts: Int = 1) throws -> [String]? {
        guard let cursor else { return nil }
        guard cursor.list == list, cursor.key.count == parts else { throw PageCursor.malformed }
        return cursor.key
    }

    /// The same for a list with one integer as key.
    func number(in list: String) throws -> Int64? {
        guard let key = try key(in: list) else { return nil }
        guard let number = Int64(key[0]) else { throw PageCursor.malformed }
        return number
    }
}

extension Page {
    /// Makes a page of the rows fetched with `fetchLimit`.
    init<Row>(
        _ rows: [Row], _ request: PageRequest, list: String, key: (Row) -> [String], item: (Row) throws -> Item
    ) rethrows {
        let kept = rows.prefix(request.limit)
        let last = rows.count > request.limit ? kept.last : nil
        self.init(
            items: try kept.map(item), nextCursor: last.flatMap { try? PageCursor(list: list, key: key($0)).text })
    }
}
