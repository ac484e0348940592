import RegistryTypes

extension RegistryClient {
    /// Fetches the items of a list, page after page, until there are `limit` of them; nil means all.
    ///
    /// - Parameter passesEmptyPages: whether a page without items may have one behind it, as in a search.
    func list<Item: Codable & Sendable>(
        _ request: APIRequest, limit: Int?, passesEmptyPages: Bool = false
    ) async throws -> [Item] {
        if let limit, limit < 1 { throw RegistryError(.invalidRequest, "a limit is at least 1, not \(limit)") }
        var items: [Item] = []
        var cursor: String?
        repeat {
            let wanted = min(limit.map { $0 - items.count } ?? 1000, 1000)
            guard wanted > 0 else { break }
            let page: Page<Item> = try await send(
                request.asking("limit", String(wanted)).asking("cursor", cursor))
            items += page.items
            // A page that brings nothing new would be asked for for ever.
            let isStuck = page.nextCursor == cursor || (page.items.isEmpty && !passesEmptyPages)
            cursor = isStuck ? nil : page.nextCursor
        } while cursor != nil
        return items
    }
}
