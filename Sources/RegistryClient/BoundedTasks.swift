/// Runs the same work over many items, a few of them at a time; the first error ends all.
public func forEachConcurrently<Item: Sendable>(
    _ items: [Item], atMost limit: Int, _ work: @escaping @Sendable (Int, Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, item) in items.enumerated() {
            if index >= limit { try await group.next() }
            group.addTask { try await work(index, item) }
        }
        try await group.waitForAll()
    }
}
