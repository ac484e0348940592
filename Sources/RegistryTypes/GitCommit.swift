/// A full git commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits, never a branch or an abbreviation.
public struct GitCommit: Hashable, Sendable, CustomStringConvertible {
    /// The hexadecimal digits.
    public let hex: String

    /// Parses a full commit id.
    public init(_ text: some StringProtocol) throws {
        guard let bytes = Hex.decode(text), bytes.count == 20 || bytes.count == 32 else {
            throw RegistryError(
                .invalidCommit,
                "a commit is named by its full id of 40 or 64 lower-case hex digits, not \"\(text.prefix(80))\"; "
                    + "`git rev-parse HEAD` prints it")
        }
        hex = String(text)
    }

    /// The hexadecimal digits.
    public var description: String { hex }
}

extension GitCommit: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
