import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Begins the first epoch of a new log; does nothing later, or where another log was signed in this folder.
    func startFirstEpoch() async throws {
        guard try await database.read({ try LogRows.epoch($0) }) == nil, try logHead.read() == nil else { return }
        do {
            _ = try await beginEpoch(reason: nil, as: .server) { db in
                guard try LogRows.epoch(db) == nil else { throw RegistryError(.conflict, "the log has begun already") }
            }
        } catch let error as RegistryError where error.code == .conflict {}
    }

    /// Lets a log go on from an older state than was signed: under another name, so that nobody takes it for the old one.
    ///
    /// For administrators of the server, and only while nothing is signed for that reason; `conflict` otherwise.
    package func startLogEpoch(_ request: StartLogEpoch, as caller: Caller) async throws -> LogEpochRecord {
        let reason = request.reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...1000).contains(reason.utf8.count) else {
            throw RegistryError(.invalidRequest, "say why the log goes on from an older state, in at most 1000 bytes")
        }
        let needsEpoch = logSigner.needsEpoch
        return try await beginEpoch(reason: reason, as: caller) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard needsEpoch else {
                throw RegistryError(
                    .conflict, "the log is signed as it should be; a new epoch is only for one that was restored")
            }
        }
    }

    /// Makes a key if there is none that can sign; file first, row second.
    private func beginEpoch(
        reason: String?, as caller: Caller, _ check: @escaping @Sendable (Database) throws -> Void
    ) async throws -> LogEpochRecord {
        let (keys, fresh, head) = (logKeys, SigningKey(), try logHead.read())
        let freshPublic = try fresh.publicKey
        let old = try await database.read { db in try LogRows.keys(db).first { $0.validUntil == nil } }
        let kept = old.flatMap { keys.contains($0.key.id) ? $0.key : nil }
        let refusal = AuditEntry("log-epoch.start", namespace: nil, object: "log")
        if kept == nil { try await Blocking.waitForDisk { try keys.write(fresh) } }
        do {
            return try await write(caller, refusedAs: refusal) { db, now in
                try check(db)
                let last = try LogRows.epoch(db)
                let epoch = LogEpochRecord(
                    number: (last?.number ?? 0) + 1, origin: Self.origin(after: last), startedAt: now,
                    startedBy: caller.principal, previous: try head?.description ?? LogRows.signed(db)?.note)
                try LogRows.insert(epoch, db)
                if kept == nil { try LogRows.replaceKey(by: freshPublic, at: now, oldUntil: now, db) }
                var entry = refusal
                entry.object = "log:\(epoch.origin)"
                entry.before = try epoch.previous.map { try Self.summary(of: $0) }
                var after: [String: JSONValue] = [
                    "vkey": .string(try VerifierKey(name: epoch.origin, key: kept ?? freshPublic).description)
                ]
                after["reason"] = reason.map(JSONValue.string)
                entry.after = .object(after)
                return Written(epoch, entry)
            }
        } catch {
            if kept == nil { keys.remove(freshPublic.id) }
            throw error
        }
    }

    /// `assay-log/<16 hex digits>/<epoch>`: the digits stay.
    private static func origin(after last: LogEpochRecord?) -> String {
        guard let last, let slash = last.origin.lastIndex(of: "/") else {
            return "assay-log/\(Hex.encode((0..<8).map { _ in UInt8.random(in: .min ... .max) }))/1"
        }
        return "\(last.origin[..<slash])/\(last.number + 1)"
    }

    private static func summary(of note: String) throws -> JSONValue {
        let head = try Checkpoint(text: SignedNote(Data(note.utf8)).text)
        return [
            "origin": .string(head.origin), "size": .integer(head.size), "root": .string(head.root.description),
        ]
    }
}
