/// A pattern over tensor names in which `*` stands for any run of characters and `?` for exactly one.
///
/// There are no other special characters and no escapes. Matching takes at most pattern length × name length steps:
/// only the last `*` is ever tried again, so no pattern can make it explode.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// The longest pattern, in Unicode scalars.
    public static let maximumLength = 256

    /// The pattern as it was written.
    public let description: String
    private let scalars: [Unicode.Scalar]

    /// Takes a pattern of 1 to 256 Unicode scalars; throws `invalid-recipe` otherwise.
    public init(_ text: String) throws {
        let scalars = Array(text.unicodeScalars)
        guard (1...Self.maximumLength).contains(scalars.count) else {
            throw RegistryError(
                .invalidRecipe,
                "a tensor name pattern has 1 to \(Self.maximumLength) characters; \"\(text.prefix(40))\" has "
                    + "\(scalars.count)")
        }
        description = text
        self.scalars = scalars
    }

    /// Whether the whole name fits the pattern; letters are compared exactly, scalar by scalar.
    public func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        var position = 0
        var next = 0
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if next < scalars.count, scalars[next] == "*" {
                star = (next, position)
                next += 1
            } else if next < scalars.count, scalars[next] == "?" || scalars[next] == name[position] {
                next += 1
                position += 1
            } else if let (pattern, start) = star {
                star = (pattern, start + 1)
                next = pattern + 1
                position = start + 1
            } else {
                return false
            }
        }
        return scalars[next...].allSatisfy { $0 == "*" }
    }
}

extension NamePattern: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
