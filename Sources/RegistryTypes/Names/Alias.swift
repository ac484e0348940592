/// A movable name for one version: `production`.
///
/// `[a-z][a-z0-9._-]{0,62}`; nothing that could be read as a number, a digest or `v<number>`, and neither `latest`
/// (computed) nor `main` (Hugging Face's name for the newest version).
public struct Alias: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// The alias that only an approved version may bear.
    public static let production = "production"

    /// Parses an alias.
    public init(_ text: some StringProtocol) throws {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, (0x61...0x7A).contains(first), bytes.count <= 63,
            bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "._-".utf8.contains($0) })
        else {
            throw RegistryError(
                .invalidName,
                "\"\(text.prefix(100))\" is not an alias: use a lower-case letter and then up to 62 of a-z 0-9 . _ -")
        }
        let isHash = (bytes.count == 40 || bytes.count == 64) && Hex.decode(text) != nil
        let isVersion = first == UInt8(ascii: "v") && bytes.count > 1 && bytes.dropFirst().allSatisfy(Self.isDigit)
        guard !isHash, !isVersion, text != "latest", text != "main" else {
            throw RegistryError(
                .invalidName, "\"\(text)\" cannot be an alias: it reads as a version, a hash or a reserved name")
        }
        self.text = String(text)
    }

    /// Whether a move to a version needs the version's approval.
    public var isProtected: Bool { text == Self.production }

    /// The name.
    public var description: String { text }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Alias: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
