package import Crypto
import Foundation

/// What a receiver checks a webhook's messages with: `whsec_` and 32 bytes in base64 (Standard Webhooks).
package struct WebhookSecret: HoldsSecret, Sendable {
    private let key: SymmetricKey

    /// The secret of a webhook: made of a key of the server, so that it is written down nowhere.
    ///
    /// - Parameter generation: which secret of this webhook it is, from 1.
    package init(server: SymmetricKey, webhook: RunID, generation: Int) {
        let message = Data("assay webhook \(webhook) \(generation)".utf8)
        key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: message, using: server))
    }

    /// The text that is shown once.
    package var revealed: String { "whsec_" + key.withUnsafeBytes { Data($0) }.base64EncodedString() }

    /// The signature of a message: `v1,` and HMAC-SHA256 over `id.timestamp.body` in base64.
    ///
    /// - Parameter timestamp: seconds since 1970, of this attempt.
    package func signature(id: String, timestamp: Int64, body: some Sequence<UInt8>) -> String {
        var hmac = HMAC<SHA256>(key: key)
        hmac.update(data: Data("\(id).\(timestamp).".utf8))
        hmac.update(data: Data(body))
        return "v1," + Data(hmac.finalize()).base64EncodedString()
    }
}
