/// A container image that runs can be repeated on: the repository that holds it and the digest of its manifest or index.
///
/// Written `registry.example/team/python@sha256:…`. A tag beside the digest (`…/python:3.12@sha256:…`) is dropped,
/// because only the digest counts.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// The registry with its port, if any, and the name in it: `registry.example:5000/team/python`.
    public let repository: String
    /// The digest of the manifest, or of the index that lists one manifest for each platform.
    public let digest: Digest

    /// The host of the registry, without the port.
    public var host: String {
        let registry = repository.prefix { $0 != "/" }
        guard let colon = registry.lastIndex(of: ":"), !registry.hasSuffix("]") else { return String(registry) }
        return String(registry[..<colon])
    }

    /// Parses `registry.example[:port]/name[:tag]@sha256:…`; throws `invalid-reference` with what to write instead.
    public init(_ text: some StringProtocol) throws {
        let text = String(text)
        guard let at = text.lastIndex(of: "@") else {
            throw RegistryError(
                .invalidReference,
                "\"\(text.prefix(200))\" has no digest, and a tag can move; write …@sha256:…, which "
                    + "`skopeo inspect --format '{{.Digest}}' docker://\(text.prefix(200))` prints")
        }
        digest = try Digest(text[text.index(after: at)...])
        var parts = text[..<at].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, let last = parts.popLast() {
            let pieces = last.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard pieces.count == 1 || pieces.count == 2 && Self.isTag(pieces[1]) else {
                throw Self.noName(text)
            }
            parts.append(pieces[0])
        }
        guard parts.count > 1, Self.isRegistry(parts[0]) else {
            throw RegistryError(
                .invalidReference,
                "\"\(text.prefix(200))\" does not name its registry; write it out, as in "
                    + "docker.io/library/python@sha256:…")
        }
        repository = parts.joined(separator: "/")
        guard parts.dropFirst().allSatisfy(Self.isComponent), repository.utf8.count <= 255 else {
            throw Self.noName(text)
        }
    }

    /// `registry.example/team/python@sha256:…`
    public var description: String { "\(repository)@\(digest)" }

    private static func noName(_ text: String) -> RegistryError {
        RegistryError(.invalidReference, "\"\(text.prefix(200))\" is not the name of a container image")
    }

    /// A host name, an IPv4 address or a bracketed IPv6 address, with a port or not; a name without a dot needs one.
    private static func isRegistry(_ text: String) -> Bool {
        let host = #/([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/#
        return text.wholeMatch(of: host) != nil && (text == "localhost" || text.contains { ".:".contains($0) })
    }

    /// A part of a name, by the grammar of the OCI distribution specification.
    private static func isComponent(_ text: String) -> Bool {
        text.wholeMatch(of: #/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*/#) != nil
    }

    private static func isTag(_ text: String) -> Bool {
        text.wholeMatch(of: #/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}/#) != nil
    }
}

extension ImageReference: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
