/// How a reference picks one version of a model or dataset.
public enum VersionSelector: Hashable, Sendable, CustomStringConvertible {
    /// The number that the server gave.
    case number(Int)
    /// The version that an alias points to now.
    case alias(Alias)
    /// The version with this version digest.
    case digest(Digest)
    /// The newest version.
    case latest

    /// Parses `12`, `production`, `latest` or `sha256:…`.
    public init(_ text: some StringProtocol) throws {
        if text.hasPrefix("sha256:") {
            self = .digest(try Digest(text))
        } else if text == "latest" {
            self = .latest
        } else if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.isEmpty {
            guard let number = Int(text), number > 0, text.utf8.first != UInt8(ascii: "0") else {
                throw RegistryError(.invalidReference, "versions are numbered 1, 2, 3 …, not \"\(text.prefix(40))\"")
            }
            self = .number(number)
        } else {
            self = .alias(try Alias(text))
        }
    }

    /// The text that `init` parses.
    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .alias(let alias): alias.text
        case .digest(let digest): digest.description
        case .latest: "latest"
        }
    }
}
