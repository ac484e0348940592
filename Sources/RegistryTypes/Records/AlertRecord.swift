/// Something about a version that is no longer as its policy wants it. It is served all the same; new moves are refused.
public struct AlertRecord: Codable, Sendable, Equatable {
    /// What it is about; the action of its audit entry.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The verdict is older than the policy allows.
        case staleVerdict = "verdict.stale"
        /// The policy of the alias changed since it was moved, and does not hold for its version.
        case aliasOutOfPolicy = "alias.out-of-policy"
    }

    public var kind: Kind
    /// When it was noticed, in UTC milliseconds.
    public var since: Int64
    /// The verdict that is too old.
    public var reproduction: RunID?
    /// The alias whose policy does not hold, and its rules that do not.
    public var alias: Alias?
    public var rules: [String]?

    /// Describes an alert.
    public init(
        kind: Kind, since: Int64, reproduction: RunID? = nil, alias: Alias? = nil, rules: [String]? = nil
    ) {
        self.kind = kind
        self.since = since
        self.reproduction = reproduction
        self.alias = alias
        self.rules = rules
    }
}
