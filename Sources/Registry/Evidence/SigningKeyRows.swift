import Foundation
import GRDB
import RegistryTypes

/// The rows of public keys.
enum SigningKeyRows {
    /// The identity of the key that signs now; nil before the first one.
    static func present(_ db: Database) throws -> Digest? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT id FROM signing_keys WHERE valid_until IS NULL"))?.digest("id")
    }

    /// All keys, newest first.
    static func all(_ db: Database) throws -> [SigningKeyRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT public_key, valid_from, valid_until FROM signing_keys
                    ORDER BY valid_until IS NOT NULL, valid_until DESC
                    """)
        ).map { row in
            SigningKeyRecord(
                try PublicKey(bytes: Array(row["public_key"] as Data)), validFrom: row["valid_from"],
                validUntil: row["valid_until"])
        }
    }

    /// Ends the present key, if there is one, and begins with another.
    static func replace(by key: PublicKey, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE signing_keys SET valid_until = max(?, valid_from) WHERE valid_until IS NULL", arguments: [now])
        try db.execute(
            sql: "INSERT INTO signing_keys (id, public_key, valid_from) VALUES (?, ?, ?)",
            arguments: [Data(key.id.bytes), Data(key.bytes), now])
    }
}
