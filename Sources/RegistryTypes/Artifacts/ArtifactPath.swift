/// The path of a file within an artifact: relative, `/` between components, nothing that climbs or hides.
public struct ArtifactPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The path as it was given.
    public let text: String

    /// Parses a path: 1 to 1024 bytes; components of 1 to 255 bytes, none of them `.`, `..` or `.git`, where a hook would
    /// be carried out; no backslash, and no characters that control or cannot be seen.
    public init(_ text: some StringProtocol) throws {
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...1024).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.isPrintable && $0 != "\\" }),
            components.allSatisfy({
                (1...255).contains($0.utf8.count) && $0 != "." && $0 != ".." && $0.lowercased() != ".git"
            })
        else {
            throw RegistryError(
                .invalidPath,
                "\"\(text.prefix(100))\" is not a file path: it must be relative, without \".\", \"..\", \".git\", "
                    + "\"\\\" or invisible characters, at most 1024 bytes and 255 a component")
        }
        self.text = String(text)
    }

    /// The last component.
    public var fileName: String { String(text.split(separator: "/").last ?? "") }

    /// The path as it was given.
    public var description: String { text }

    /// Orders by UTF-8 bytes, as the manifest is sorted.
    public static func < (left: ArtifactPath, right: ArtifactPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ArtifactPath: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
