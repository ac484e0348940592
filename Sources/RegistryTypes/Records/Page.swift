/// One page of a list, in the order of its keys.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// The items of this page.
    public var items: [Item]
    /// What to send as `cursor` for the next page; absent on the last one.
    public var nextCursor: String?

    /// Makes a page.
    public init(items: [Item], nextCursor: String? = nil) {
        self.items = items
        self.nextCursor = nextCursor
    }
}
