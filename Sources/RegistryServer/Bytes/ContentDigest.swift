import Foundation
import HTTPTypes
import Hummingbird
import RegistryTypes

/// The digest that a sender gives of a body: `Content-Digest: sha-256=:<base64>:` (RFC 9530).
enum ContentDigest {
    /// Reads the header of a request; nil without it or with other algorithms alone, which may be left aside.
    ///
    /// Throws `invalid-digest` for a SHA-256 that is none.
    static func of(_ request: Request) throws -> Digest? {
        guard let name = HTTPField.Name("Content-Digest"), let header = request.headers[name] else { return nil }
        let members = header.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let member = members.last(where: { $0.hasPrefix("sha-256=") }) else { return nil }
        let value = member.dropFirst("sha-256=".count)
        guard value.count >= 2, value.hasPrefix(":"), value.hasSuffix(":"),
            let bytes = Data(base64Encoded: String(value.dropFirst().dropLast())), bytes.count == 32
        else {
            throw RegistryError(
                .invalidDigest,
                "a Content-Digest is written sha-256=:<base64 of the 32 bytes>:, not \(member.prefix(80))"
            )
        }
        return try Digest(bytes: Array(bytes))
    }
}
