public import Foundation

/// A signed document: a DSSE envelope (Dead Simple Signing Envelope v1.0.2).
public struct Envelope: Hashable, Sendable, Codable {
    /// One signature.
    public struct Signature: Hashable, Sendable, Codable {
        /// The 64 hex digits of the key's identity; a hint that proves nothing.
        public var keyid: String
        /// The signature in base64.
        public var sig: String
    }

    /// The type of in-toto statements.
    public static let inToto = "application/vnd.in-toto+json"

    /// The signed bytes in base64.
    public var payload: String
    /// What they are.
    public var payloadType: String
    public var signatures: [Signature]

    /// Puts together what was signed before.
    package init(payload: Data, key: Digest, signature: Data) {
        self.payload = payload.base64EncodedString()
        payloadType = Self.inToto
        signatures = [Signature(keyid: key.hex, sig: signature.base64EncodedString())]
    }

    /// Signs an in-toto statement.
    package init(signing payload: Data, with key: SigningKey) throws {
        let signature = try key.sign(Self.preAuthenticationEncoding(payload, type: Self.inToto))
        self.init(payload: payload, key: try key.publicKey.id, signature: signature)
    }

    /// The bytes that are signed: `DSSEv1 <length> <type> <length> <payload>`.
    public static func preAuthenticationEncoding(_ payload: Data, type: String) -> Data {
        Data("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// The signed bytes, once a signature of the key was found right; throws `integrity-failure` otherwise.
    public func payload(signedBy key: PublicKey) throws -> Data {
        guard let bytes = Self.decode(payload) else {
            throw RegistryError(.integrityFailure, "the payload of the envelope is not base64")
        }
        let message = Self.preAuthenticationEncoding(bytes, type: payloadType)
        // The key decides, not what the envelope says of it.
        guard signatures.contains(where: { Self.decode($0.sig).map { key.verifies($0, of: message) } ?? false }) else {
            throw RegistryError(.integrityFailure, "no signature of the envelope was made with the key \(key.id)")
        }
        return bytes
    }

    /// Both alphabets of base64, as DSSE demands of who verifies.
    private static func decode(_ text: String) -> Data? {
        Data(base64Encoded: String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }))
    }
}
