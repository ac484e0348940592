import Foundation
import GRDB
import RegistryTypes

/// The rows of signed statements.
enum StatementRows {
    /// Records a statement with its signature; it never changes afterwards.
    static func insert(_ payload: Data, of reproduction: RunID, key: SigningKey, _ db: Database) throws -> Digest {
        let digest = Digest.of(payload)
        let signature = try key.sign(Envelope.preAuthenticationEncoding(payload, type: Envelope.inToto))
        try db.execute(
            sql: """
                INSERT INTO statements (digest, reproduction_id, payload, key_id, signature) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(digest.bytes), reproduction.text, payload, Data(try key.publicKey.id.bytes), signature,
            ])
        return digest
    }

    /// The statement of a reproduction, in its envelope; nil if it has none.
    static func envelope(of reproduction: RunID, _ db: Database) throws -> Envelope? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT payload, key_id, signature FROM statements WHERE reproduction_id = ?"),
            arguments: [reproduction.text]
        ).map { Envelope(payload: $0["payload"], key: try $0.digest("key_id"), signature: $0["signature"]) }
    }
}
