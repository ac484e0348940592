import GRDB

extension ModelRegistry {
    /// The second way to write: what the server notes for itself, which decides nothing and nobody asked for.
    ///
    /// There is no audit entry, as for heartbeats: the notes may be lost or written twice without harm. Whatever
    /// somebody did, or what changes an answer, goes through `write`.
    func keepBooks<Answer: Sendable>(
        _ work: @escaping @Sendable (Database, _ now: Int64) throws -> Answer
    ) async throws -> Answer {
        let now = clock()
        return try await database.write { try work($0, now) }
    }
}
