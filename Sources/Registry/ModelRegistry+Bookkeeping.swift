import GRDB

extension ModelRegistry {
    /// The one way to keep what is no event by the contract ("Not entries"): renewed leases, live logs, upload sessions
    /// and the extents that they received.
    ///
    /// One durable transaction without an audit entry. Nothing that an answer to a question depends on is changed
    /// here, so the generation stays; what governs the registry goes through `write`.
    func bookkeep<Answer: Sendable>(
        _ work: @escaping @Sendable (Database, _ now: Int64) throws -> Answer
    ) async throws -> Answer {
        let now = clock()
        return try await database.write { db in try work(db, now) }
    }
}
