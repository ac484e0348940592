/// Which events somebody wants: `alias.move`, `version.*`, `*.refuse` or `*`.
public struct EventFilter: Sendable, Equatable {
    /// The most patterns.
    package static let most = 50

    /// The patterns; an event that fits one of them is wanted.
    public let patterns: [String]

    /// Everything.
    package static let all = EventFilter(unchecked: ["*"])

    private init(unchecked patterns: [String]) { self.patterns = patterns }

    /// Checks patterns; throws `invalid-request` for one that no event can ever fit.
    public init(_ patterns: [String]) throws {
        guard (1...Self.most).contains(patterns.count) else {
            throw RegistryError(.invalidRequest, "name 1 to \(Self.most) events, as alias.move, version.* or *")
        }
        self.patterns = Array(Set(patterns)).sorted()
        let types =
            EventType.allCases.flatMap { [$0.rawValue, $0.rawValue + EventType.refused] } + [EventType.checkpoint]
        for pattern in self.patterns where !types.contains(where: { Self.fits(pattern, $0) }) {
            let known = EventType.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw RegistryError(
                .invalidRequest,
                "there is no event \"\(pattern.prefix(60))\"; it is one of \(known), \(EventType.checkpoint), each but the "
                    + "last also with \(EventType.refused), or a pattern like version.*, *\(EventType.refused) or *")
        }
    }

    /// Whether an event of a type is wanted.
    public func wants(_ type: String) -> Bool { patterns.contains { Self.fits($0, type) } }

    /// A star stands at the beginning or at the end, before or behind a dot, or alone.
    private static func fits(_ pattern: String, _ type: String) -> Bool {
        if pattern == "*" { return true }
        if pattern.hasPrefix("*.") { return type.hasSuffix(pattern.dropFirst()) }
        if pattern.hasSuffix(".*") { return type.hasPrefix(pattern.dropLast()) }
        return pattern == type
    }
}
