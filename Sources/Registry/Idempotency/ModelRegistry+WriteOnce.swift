import AuditLog
import Foundation
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Does what `write` does, at most once for a request with an `Idempotency-Key` (invariant I10).
    ///
    /// The answer is stored in the same transaction. A later request with the key gets it again and changes nothing;
    /// throws `idempotency-key-reused` if it is another request. Never for answers that hold a secret.
    ///
    /// - Parameter content: what makes two requests the same, where that is less than their bytes.
    func writeOnce<Answer: Codable & Sendable>(
        _ caller: Caller, refusedAs refusal: AuditEntry, content: Digest? = nil,
        _ operation: @escaping @Sendable (Database, _ now: Int64) throws -> Written<Answer>
    ) async throws -> Answer {
        guard var request = caller.idempotency else {
            return try await write(caller, refusedAs: refusal, operation)
        }
        if let content { request.digest = content }
        return try await write(caller, refusedAs: refusal) { [request] db, now in
            if let stored = try Self.answer(to: request, of: caller.principal, since: now, db) {
                return Written(unchanged: try StrictJSON.decode(Answer.self, from: stored))
            }
            let written = try operation(db, now)
            try Self.keep(try StrictJSON.encode(written.answer), for: request, of: caller.principal, at: now, db)
            return written
        }
    }

    private static func answer(
        to request: IdempotentRequest, of principal: String, since now: Int64, _ db: Database
    ) throws -> Data? {
        try db.execute(
            sql: "DELETE FROM idempotency WHERE created_at < ?", arguments: [now - IdempotentRequest.lifetime])
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT request, answer FROM idempotency WHERE principal_id = ? AND key = ?"),
            arguments: [principal, request.key])
        guard let row else { return nil }
        guard row["request"] as Data == Data(request.digest.bytes) else {
            throw RegistryError(
                .idempotencyKeyReused,
                "the Idempotency-Key \(request.key) belongs to another request of the last day; choose a new key")
        }
        return row["answer"]
    }

    private static func keep(
        _ answer: Data, for request: IdempotentRequest, of principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: "INSERT INTO idempotency (principal_id, key, request, answer, created_at) VALUES (?, ?, ?, ?, ?)",
            arguments: [principal, request.key, Data(request.digest.bytes), answer, now])
    }
}
