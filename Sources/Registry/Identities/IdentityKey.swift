import Crypto
import CryptoExtras
import Foundation
import RegistryTypes

/// A public key of an identity provider, for the one algorithm that its kind has here.
package struct IdentityKey: Sendable {
    /// The algorithms of RFC 7518 that are taken: no `none`, nothing symmetric, nothing that a header may negotiate.
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case ec(P256.Signing.PublicKey)
    }

    private let material: Material

    /// The sizes of RSA keys that are taken, in bytes: 2048 to 8192 bits.
    private static let rsaSizes = 256...1024

    /// Reads a JSON Web Key (RFC 7517); nil for one that is not for RS256 or ES256 signatures.
    init?(_ key: JSONValue) {
        guard key["use"] == nil || key["use"] == "sig",
            key["key_ops"] == nil || key["key_ops"]?.array?.contains("verify") == true
        else { return nil }
        func bytes(_ name: String) -> Data? { key[name]?.string.flatMap { Base64URL.decode($0) } }
        func isFor(_ algorithm: Algorithm) -> Bool { key["alg"] == nil || key["alg"]?.string == algorithm.rawValue }
        switch key["kty"]?.string {
        case "RSA":
            guard isFor(.rs256), let modulus = bytes("n"), let exponent = bytes("e"), modulus.first != 0,
                Self.rsaSizes.contains(modulus.count), (1...4).contains(exponent.count),
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
            else { return nil }
            material = .rsa(key)
        case "EC":
            guard isFor(.es256), key["crv"] == "P-256", let x = bytes("x"), let y = bytes("y"), x.count == 32,
                y.count == 32, let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            material = .ec(key)
        default: return nil
        }
    }

    /// The one algorithm that the key is used with, whatever a token's header says.
    var algorithm: Algorithm {
        switch material {
        case .rsa: .rs256
        case .ec: .es256
        }
    }

    /// Whether a signature is the key's over these bytes (RFC 7518 §3.3, §3.4).
    func isValid(_ signature: Data, over bytes: Data) -> Bool {
        switch material {
        case .rsa(let key):
            return key.isValidSignature(
                .init(rawRepresentation: signature), for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
        case .ec(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: bytes))
        }
    }
}
