/// A public key of a server, and when statements were signed with it.
public struct SigningKeyRecord: Codable, Sendable, Hashable {
    /// The SHA-256 of the SubjectPublicKeyInfo.
    public var id: Digest
    /// Always `ed25519`.
    public var algorithm: String
    /// The key in PEM form.
    public var publicKey: String
    /// From and until when it signed, in UTC milliseconds; without an end it still does.
    public var validFrom: Int64
    public var validUntil: Int64?

    /// Describes a key.
    public init(_ key: PublicKey, validFrom: Int64, validUntil: Int64?) {
        id = key.id
        algorithm = "ed25519"
        publicKey = key.pem
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}

/// All public keys that a server ever signed with, newest first.
public struct SigningKeys: Codable, Sendable, Hashable {
    public var keys: [SigningKeyRecord]

    /// Lists keys.
    public init(keys: [SigningKeyRecord]) { self.keys = keys }
}
