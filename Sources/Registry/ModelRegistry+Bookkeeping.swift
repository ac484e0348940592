import GRDB
import RegistryTypes

extension ModelRegistry {
    /// The other way to change the database: what the registry notes for itself, such as leases, in one transaction.
    ///
    /// It is no event: it leaves no audit entry, and no answer that was read before changes by it. Whatever a person
    /// could ask about later goes through `write`.
    func keepBooks<Answer: Sendable>(
        _ notes: @escaping @Sendable (Database, _ now: Int64) throws -> Answer
    ) async throws -> Answer {
        let now = clock()
        return try await database.write { db in try notes(db, now) }
    }
}
