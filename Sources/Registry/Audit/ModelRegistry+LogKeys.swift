import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How long an old key of the log signs beside the new one, in milliseconds: seven days.
    package static let logKeyOverlap: Int64 = 7 * 86_400_000

    /// Signs the log with a new key from now on, and with the old one too for a time (rule A5); the log says so itself.
    package func rotateLogKey(_ request: RotateLogKey, as caller: Caller) async throws -> LogKeyRecord {
        let (keys, key) = (logKeys, SigningKey())
        let publicKey = try key.publicKey
        let refusal = AuditEntry("log-key.create", namespace: nil, object: "log")
        try await Blocking.waitForDisk { try keys.write(key) }
        do {
            return try await write(caller, refusedAs: refusal) { db, now in
                try Authorization.require(.administer, caller, namespace: 0, db)
                guard let epoch = try LogRows.epoch(db) else {
                    throw RegistryError(.conflict, "the log has no key yet; it gets one with its first epoch")
                }
                let end = request.immediately == true ? now : now + Self.logKeyOverlap
                let old = try LogRows.keys(db).first { $0.validUntil == nil }
                // The entry of this operation comes next.
                try LogRows.replaceKey(
                    by: publicKey, at: now, oldUntil: end, announcedIn: LogRows.count(db), db)
                let vkey = try VerifierKey(name: epoch.origin, key: publicKey).description
                var entry = refusal
                entry.object = "log:\(epoch.origin)"
                entry.before = try old.map { old in
                    [
                        "vkey": .string(try VerifierKey(name: epoch.origin, key: old.key).description),
                        "until": .integer(end),
                    ]
                }
                entry.after = ["vkey": .string(vkey)]
                return Written(LogKeyRecord(vkey: vkey, validFrom: now, validUntil: nil), entry)
            }
        } catch {
            keys.remove(publicKey.id)
            throw error
        }
    }
}
