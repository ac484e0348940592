import Crypto
public import Foundation

/// An Ed25519 public key (RFC 8032), by which signatures of a server are checked.
public struct PublicKey: Hashable, Sendable {
    /// The 32 bytes of the key.
    public let bytes: [UInt8]

    /// What stands before the key in a SubjectPublicKeyInfo (RFC 8410 §4).
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

    /// Takes the 32 raw bytes; throws `invalid-request` for bytes that are no key.
    public init(bytes: [UInt8]) throws {
        guard (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else {
            throw RegistryError(.invalidRequest, "an Ed25519 public key has 32 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Parses `-----BEGIN PUBLIC KEY-----`, or throws `invalid-request`.
    public init(pem text: String) throws {
        guard let der = PEM.decode(text, label: "PUBLIC KEY"), der.starts(with: Self.prefix) else {
            throw RegistryError(.invalidRequest, "this is not an Ed25519 public key in PEM form")
        }
        try self.init(bytes: Array(der.dropFirst(Self.prefix.count)))
    }

    /// The DER of the SubjectPublicKeyInfo.
    public var der: Data { Data(Self.prefix + bytes) }

    /// The PEM form, with a line end; what `openssl pkey -pubin` reads.
    public var pem: String { PEM.encode(der, label: "PUBLIC KEY") }

    /// The key's identity: the SHA-256 of its DER.
    public var id: Digest { Digest.of(der) }

    /// Whether a signature of a message was made with the private half.
    public func verifies(_ signature: some DataProtocol, of message: some DataProtocol) -> Bool {
        let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        return key?.isValidSignature(signature, for: message) ?? false
    }
}
