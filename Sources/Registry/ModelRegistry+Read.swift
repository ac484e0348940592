package import AuditLog
import BlobStore
package import GRDB
import RegistryTypes

extension ModelRegistry {
    /// The one way to answer a question: one snapshot of the database.
    ///
    /// A read leaves no audit entry; that it was refused does, committed before the error goes on to the caller.
    ///
    /// Where the caller asks about a time in the past, it is answered from what was recorded by then.
    ///
    /// - Parameter inBackground: for a question about the whole store, on a thread that gives way to others.
    package func read<Answer: Sendable>(
        _ caller: Caller, refusedAs refusal: AuditEntry, inBackground: Bool = false,
        _ question: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        @Sendable func attempt(_ db: Database) throws -> Result<Answer, RegistryError> {
            do {
                return .success(try question(db))
            } catch let error as RegistryError {
                return .failure(error)
            }
        }
        // Never the synchronous read: it would wait on a thread of the task pool for a connection that a waiting task holds.
        let outcome =
            if let past = caller.past {
                try await database.readPast(at: past, attempt)
            } else {
                try await inBackground ? database.readInBackground(attempt) : database.read(attempt)
            }
        // A store that cannot be written refuses all the same, without the entry.
        if case .failure(let error) = outcome, error.isRefusal, blobs.health.fault == nil {
            return try await write(caller, refusedAs: refusal) { _, _ -> Written<Answer> in throw error }
        }
        return try outcome.get()
    }
}
