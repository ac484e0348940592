import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Makes sure that there is a key to sign with: a new data folder has none, and a restored one has none any more.
    package func prepareSigningKey() async throws {
        let keys = keys
        let isThere = try await database.read { db in try SigningKeyRows.present(db).map(keys.contains) ?? false }
        guard !isThere else { return }
        _ = try await replaceSigningKey(as: .server) { db in
            try SigningKeyRows.present(db).map(keys.contains) ?? false
        }
    }

    /// Signs with a new key from now on; the public half of the old one stays known, its private half is destroyed.
    package func rotateSigningKey(as caller: Caller) async throws -> SigningKeyRecord {
        try await replaceSigningKey(as: caller) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            return false
        }
    }

    /// All public keys, newest first; everybody may know them.
    package func signingKeys() async throws -> SigningKeys {
        SigningKeys(keys: try await database.read { try SigningKeyRows.all($0) })
    }

    /// File first, row second: a crash between the two leaves a file that nobody names.
    private func replaceSigningKey(
        as caller: Caller, unless isSuperfluous: @escaping @Sendable (Database) throws -> Bool
    ) async throws -> SigningKeyRecord {
        let (keys, key) = (keys, SigningKey())
        let publicKey = try key.publicKey
        let entry = AuditEntry("signing-key.create", namespace: nil, object: "signing-key:\(publicKey.id)")
        try await Blocking.waitForDisk { try keys.write(key) }
        do {
            let (record, old, isUsed) = try await write(caller, refusedAs: entry) { db, now in
                let old = try SigningKeyRows.present(db)
                let isUsed = try !isSuperfluous(db)
                if isUsed { try SigningKeyRows.replace(by: publicKey, at: now, db) }
                guard let record = try SigningKeyRows.all(db).first else {
                    throw RegistryError(.internalError, "there is no signing key")
                }
                guard isUsed else { return Written(unchanged: (record, old, isUsed)) }
                var entry = entry
                entry.before = old.map { ["key": .string($0.description)] }
                return Written((record, old, isUsed), entry)
            }
            if isUsed { old.map(keys.remove) } else { keys.remove(publicKey.id) }
            return record
        } catch {
            keys.remove(publicKey.id)
            throw error
        }
    }
}
