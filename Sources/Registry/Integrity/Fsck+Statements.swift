import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    /// Every signed statement has its digest and its signature, and the verdict is the one that it names.
    mutating func checkStatements() throws {
        try forEachRow(
            """
            SELECT digest AS key, payload, signature, public_key, verdict FROM statements
            JOIN signing_keys ON signing_keys.id = key_id JOIN reproductions ON reproductions.id = reproduction_id
            """, key: "digest"
        ) { fsck, row in
            let digest = try row.checkedDigest("key")
            let payload: Data = try row.checked("payload")
            fsck.expect("statement:\(digest)", payload, digest)
            let key = try PublicKey(bytes: Array(row.checked("public_key", as: Data.self)))
            let message = Envelope.preAuthenticationEncoding(payload, type: Envelope.inToto)
            if !key.verifies(try row.checked("signature", as: Data.self), of: message) {
                fsck.find("statement:\(digest)", .contradiction, "the signature is not right", Self.restoreAdvice)
            }
            let report = Digest.of(Data(try row.checked("verdict", as: String.self).utf8))
            let named = try? JSONParser.parse(payload)["predicate"]?["evidence"]?["report"]?.string
            if named != report.description {
                fsck.find(
                    "statement:\(digest)", .contradiction, "the verdict is not the one that it states",
                    Self.restoreAdvice)
            }
        }
    }
}
