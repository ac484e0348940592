import Foundation
package import RegistryTypes

/// An Ed25519 key with the name that it signs notes under (C2SP signed-note); written `<name>+<id>+<base64>`.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    /// The name in signature lines; a log's is its origin.
    package let name: String
    package let key: PublicKey

    /// C2SP's number for Ed25519.
    private static let algorithm: UInt8 = 1

    /// Names a key; throws `invalid-request` for a name with spaces or a plus sign.
    package init(name: String, key: PublicKey) throws {
        guard !name.isEmpty,
            !name.contains(where: { $0.isWhitespace || $0 == "+" || $0.asciiValue.map { $0 < 32 } == true })
        else {
            throw RegistryError(
                .invalidRequest, "the name of a log's key has no spaces and no +: \"\(name.prefix(80))\"")
        }
        self.name = name
        self.key = key
    }

    /// Parses the text that `description` gives; throws `invalid-request`.
    package init(_ text: some StringProtocol) throws {
        let parts = String(text).split(separator: "+" as Character, maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 3, let bytes = Data(base64Encoded: parts[2]), bytes.first == Self.algorithm else {
            throw RegistryError(
                .invalidRequest, "\"\(text.prefix(120))\" is not the key of a log; one looks like name+1f2e3d4c+AY0…")
        }
        try self.init(name: parts[0], key: PublicKey(bytes: Array(bytes.dropFirst())))
        guard Hex.encode(id) == parts[1] else {
            throw RegistryError(.invalidRequest, "the key \"\(text.prefix(120))\" does not have the id that it names")
        }
    }

    /// The first 4 bytes of SHA-256(name ‖ 0x0A ‖ algorithm ‖ key).
    package var id: [UInt8] { Array(Digest.of(Data(name.utf8) + [0x0A, Self.algorithm] + key.bytes).bytes.prefix(4)) }

    package var description: String {
        "\(name)+\(Hex.encode(id))+\((Data([Self.algorithm]) + key.bytes).base64EncodedString())"
    }
}
