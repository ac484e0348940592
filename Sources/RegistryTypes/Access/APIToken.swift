import Crypto
import Foundation

/// A bearer token: `assay_<public id>_<secret>`. The server keeps the SHA-256 of the secret only.
public struct APIToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The public id, 12 letters and digits: may stand in logs and lists.
    public let id: String
    /// The secret, 256 random bits as 64 hex digits.
    private let secret: String

    /// Makes a new token.
    public static func random() -> APIToken {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let id = String((0..<12).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Hex.encode($0) }
        return APIToken(id: id, secret: secret)
    }

    private init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Parses the text that a client sends; nil if it is not of the form of a token.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "assay", parts[1].utf8.count == 12, parts[2].utf8.count == 64,
            Hex.decode(parts[2]) != nil
        else { return nil }
        id = String(parts[1])
        secret = String(parts[2])
    }

    /// The text that a client sends: the only way to the secret.
    public var revealed: String { "assay_\(id)_\(secret)" }

    /// The SHA-256 of the secret, 32 bytes: what the server stores.
    public var secretHash: [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }

    /// The public id; never the secret, so that no log can hold it by accident.
    public var description: String { "assay_\(id)_…" }
    public var debugDescription: String { description }
}
