import Crypto
package import Foundation

/// The private Ed25519 key of a server. It has no description: it never reaches a log, an answer or an error.
package struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// What stands before the seed in a PrivateKeyInfo (RFC 8410 §7).
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// A new random key.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// Reads the PEM form of a PrivateKeyInfo; nil if it is none.
    package init?(pem text: String) {
        guard let der = PEM.decode(text, label: "PRIVATE KEY"), der.starts(with: Self.prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.dropFirst(Self.prefix.count))
        else { return nil }
        self.key = key
    }

    /// The PEM form, for the file that keeps it.
    package var revealed: String {
        PEM.encode(Data(Self.prefix) + key.rawRepresentation, label: "PRIVATE KEY")
    }

    /// The half that everybody may know.
    package var publicKey: PublicKey {
        get throws { try PublicKey(bytes: Array(key.publicKey.rawRepresentation)) }
    }

    /// The 64 bytes of a signature.
    package func sign(_ message: Data) throws -> Data { try key.signature(for: message) }
}
