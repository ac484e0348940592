package import AuditLog
package import GRDB
import RegistryTypes

/// What an operation did: its answer, and the entry that records it.
package struct Written<Answer: Sendable>: Sendable {
    package let answer: Answer
    package let entry: AuditEntry?

    /// Nothing is written without an entry.
    package init(_ answer: Answer, _ entry: AuditEntry) {
        self.answer = answer
        self.entry = entry
    }

    /// Nothing was written, because there was nothing to do; hence no entry.
    init(unchanged answer: Answer) {
        self.answer = answer
        entry = nil
    }
}

extension ModelRegistry {
    /// The one way to change the registry: an operation and its audit entry, in one durable transaction.
    ///
    /// The operation runs inside `BEGIN IMMEDIATE`. If it throws a refusal (`RegistryError.isRefusal`), what it wrote is
    /// rolled back, but an entry that it was refused is committed before the error goes on to the caller.
    package func write<Answer: Sendable>(
        _ caller: Caller, refusedAs refusal: AuditEntry,
        _ operation: @escaping @Sendable (Database, _ now: Int64) throws -> Written<Answer>
    ) async throws -> Answer {
        let now = clock()
        let takesRoom = Self.takingRoom.contains(refusal.action)
        let result: Result<Answer, RegistryError> = try await database.write(takesRoom: takesRoom) { db in
            var result: Result<Answer, RegistryError>?
            try db.inTransaction(.immediate) {
                result = try Self.perform(db, caller, refusal, now, operation)
                FailurePoint.rowsWritten.reached()
                return .commit
            }
            FailurePoint.rowsCommitted.reached()
            guard let result else { throw RegistryError(.internalError, "the transaction gave no result") }
            return result
        }
        generation.advance()
        logSigner.noteWrite()
        events.announce()
        return try result.get()
    }

    /// What adds to the registry for good; all else still commits when the disk is full (invariant I6).
    private static let takingRoom: Set<String> = [
        "blob.put", "version.create", "run.create", "namespace.create", "reproduction.request",
    ]

    private static func perform<Answer: Sendable>(
        _ db: Database, _ caller: Caller, _ refusal: AuditEntry, _ now: Int64,
        _ operation: (Database, Int64) throws -> Written<Answer>
    ) throws -> Result<Answer, RegistryError> {
        var written: Written<Answer>?
        var refused: RegistryError?
        try db.inSavepoint {
            do {
                written = try operation(db, now)
                return .commit
            } catch let error as RegistryError where error.isRefusal {
                refused = error
                return .rollback
            }
        }
        if let written {
            if let entry = written.entry { try AuditTrail.append(entry, for: caller, at: now, db) }
            return .success(written.answer)
        }
        guard let refused else { throw RegistryError(.internalError, "the operation gave no result") }
        var entry = refusal
        entry.action += ".refuse"
        var after: [String: JSONValue] = ["code": .string(refused.refusalCode.rawValue)]
        after["request"] = refusal.after
        entry.after = .object(after)
        try AuditTrail.append(entry, for: caller, at: now, db)
        return .failure(refused)
    }
}
