/// The full name of a model or dataset: `namespace/name`.
public struct QualifiedName: Hashable, Sendable, CustomStringConvertible {
    /// The owner part.
    public let namespace: ResourceName
    /// The name within the namespace.
    public let name: ResourceName

    /// Joins two names.
    public init(namespace: ResourceName, name: ResourceName) {
        self.namespace = namespace
        self.name = name
    }

    /// Parses `namespace/name`.
    public init(_ text: some StringProtocol) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw RegistryError(.invalidName, "\"\(text.prefix(200))\" is not of the form namespace/name")
        }
        try self.init(namespace: ResourceName(parts[0]), name: ResourceName(parts[1]))
    }

    /// `namespace/name`
    public var description: String { "\(namespace)/\(name)" }
}

extension QualifiedName: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
