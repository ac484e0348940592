/// The name of a namespace, model or dataset.
///
/// `[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?` without `--` or `..`, not ending in `.git` or `.lock`. Case is
/// preserved; uniqueness ignores it.
public struct ResourceName: Hashable, Sendable, CustomStringConvertible {
    /// The name as it was given.
    public let text: String

    /// Parses a name.
    public init(_ text: some StringProtocol) throws {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 96,
            Self.isAlphanumeric(first), Self.isAlphanumeric(last),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || Self.punctuation.contains($0) })
        else {
            throw RegistryError(
                .invalidName,
                "\"\(text.prefix(100))\" is not a name: use 1 to 96 of A-Z a-z 0-9 . _ -, with a letter or digit at "
                    + "both ends")
        }
        let name = String(text)
        let lower = name.lowercased()
        guard !name.contains("--"), !name.contains(".."), !lower.hasSuffix(".git"), !lower.hasSuffix(".lock") else {
            throw RegistryError(
                .invalidName, "\"\(name)\" is not a name: no \"--\", no \"..\", and not ending in .git or .lock")
        }
        self.text = name
    }

    /// The name as it was given.
    public var description: String { text }

    private static let punctuation: [UInt8] = Array("._-".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

extension ResourceName: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
