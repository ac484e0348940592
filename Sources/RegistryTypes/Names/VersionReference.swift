/// A reference to one version: `ns/name:12`, `ns/name:production` or `ns/name@sha256:…`.
public struct VersionReference: Hashable, Sendable, CustomStringConvertible {
    /// The model or dataset.
    public let name: QualifiedName
    /// Which of its versions.
    public let selector: VersionSelector

    /// Joins a name and a selector.
    public init(name: QualifiedName, selector: VersionSelector) {
        self.name = name
        self.selector = selector
    }

    /// Parses a reference; without a selector it means the newest version.
    public init(_ text: some StringProtocol) throws {
        if let at = text.firstIndex(of: "@") {
            name = try QualifiedName(text[..<at])
            selector = .digest(try Digest(text[text.index(after: at)...]))
        } else if let colon = text.firstIndex(of: ":") {
            name = try QualifiedName(text[..<colon])
            let rest = text[text.index(after: colon)...]
            guard !rest.hasPrefix("sha256:") else {
                throw RegistryError(.invalidReference, "a digest follows @, as in \(name)@\(rest)")
            }
            selector = try VersionSelector(rest)
        } else {
            name = try QualifiedName(text)
            selector = .latest
        }
    }

    /// The text that `init` parses.
    public var description: String {
        if case .digest(let digest) = selector { "\(name)@\(digest)" } else { "\(name):\(selector)" }
    }
}

extension VersionReference: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
