/// The id of a run or of a reproduction: 26 characters that sort by time of creation.
///
/// 48 bits of UTC milliseconds and 80 random bits in Crockford's base 32, as in the ULID specification, lower case.
public struct RunID: Hashable, Sendable, CustomStringConvertible {
    /// The 26 characters.
    public let text: String

    /// Parses an id.
    public init(_ text: some StringProtocol) throws {
        let digits = Array(text.utf8)
        guard digits.count == 26, digits.allSatisfy(Self.alphabet.contains) else {
            throw RegistryError(.invalidReference, "\"\(text.prefix(60))\" is not an id of 26 characters")
        }
        self.text = String(text)
    }

    /// Makes a new id for this time, in UTC milliseconds.
    public init(at milliseconds: Int64, using generator: inout some RandomNumberGenerator) {
        var digits: [UInt8] = []
        for shift in stride(from: 45, through: 0, by: -5) {
            digits.append(Self.alphabet[Int((milliseconds >> Int64(shift)) & 31)])
        }
        for _ in 0..<16 {
            digits.append(Self.alphabet[Int.random(in: 0..<32, using: &generator)])
        }
        text = String(decoding: digits, as: UTF8.self)
    }

    /// Makes a new id for this time, in UTC milliseconds.
    public init(at milliseconds: Int64) {
        var generator = SystemRandomNumberGenerator()
        self.init(at: milliseconds, using: &generator)
    }

    /// The 26 characters.
    public var description: String { text }

    private static let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}

extension RunID: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
