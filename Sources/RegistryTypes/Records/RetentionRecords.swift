/// Which versions stay by themselves: a version that is neither among the last nor young enough is removed.
///
/// Without any number nothing is ever removed. What is approved, held, pointed to by an alias or read by a version that
/// stays is kept whatever the rule says.
public struct RetentionRule: Codable, Sendable, Hashable {
    /// So many of the newest versions stay.
    public var keepLast: Int?
    /// Versions stay for so many days.
    public var keepDays: Int?

    /// Describes a rule.
    public init(keepLast: Int? = nil, keepDays: Int? = nil) {
        self.keepLast = keepLast
        self.keepDays = keepDays
    }
}

/// Asks for a rule for all models of a namespace, or for one model or dataset.
public struct SetRetention: Codable, Sendable {
    public var model: ResourceName?
    public var dataset: ResourceName?
    public var rule: RetentionRule

    /// Asks for a rule.
    public init(model: ResourceName? = nil, dataset: ResourceName? = nil, rule: RetentionRule) {
        self.model = model
        self.dataset = dataset
        self.rule = rule
    }
}

/// A rule that is in force.
public struct RetentionRecord: Codable, Sendable, Equatable {
    /// The model or dataset that it is for; without either it is for all models of the namespace.
    public var model: ResourceName?
    public var dataset: ResourceName?
    public var rule: RetentionRule
    public var setAt: Int64
    public var setBy: PrincipalRecord

    /// Describes a rule.
    public init(
        model: ResourceName? = nil, dataset: ResourceName? = nil, rule: RetentionRule, setAt: Int64,
        setBy: PrincipalRecord
    ) {
        self.model = model
        self.dataset = dataset
        self.rule = rule
        self.setAt = setAt
        self.setBy = setBy
    }
}

/// Asks what the rules of a namespace would remove now, or what another rule would if all its models had it.
public struct TestRetention: Codable, Sendable {
    public var rule: RetentionRule?

    /// Asks for a test.
    public init(rule: RetentionRule? = nil) { self.rule = rule }
}

/// What a rule does with one version, and why.
public struct RetentionDecision: Codable, Sendable, Equatable {
    /// What becomes of a version.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        case kept, removed
    }

    public var version: Reference
    public var digest: Digest
    public var createdAt: Int64
    public var outcome: Outcome
    /// `held`, `approved`, `alias`, `input`, `reproduction`, `keep-last`, `keep-days`; `expired` for what is removed.
    public var reason: String

    /// Describes a decision.
    public init(version: Reference, digest: Digest, createdAt: Int64, outcome: Outcome, reason: String) {
        self.version = version
        self.digest = digest
        self.createdAt = createdAt
        self.outcome = outcome
        self.reason = reason
    }
}

/// What the rules of a namespace do with its versions.
public struct RetentionReport: Codable, Sendable, Equatable {
    /// By model or dataset and number; at most 10,000.
    public var items: [RetentionDecision]
    /// Whether there are more.
    public var truncated: Bool

    /// Describes a test.
    public init(items: [RetentionDecision], truncated: Bool) {
        self.items = items
        self.truncated = truncated
    }
}
