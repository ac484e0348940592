/// What one rule of a policy says about a version, and why.
public struct PolicyAnswer: Codable, Hashable, Sendable {
    /// The rule: `verdict`, `metrics`, …
    public var rule: String
    public var passed: Bool
    /// What the rule asks for, in a sentence.
    public var wanted: String
    /// The evidence that it saw, in a sentence.
    public var found: String

    /// Describes an answer.
    public init(_ rule: String, passed: Bool, wanted: String, found: String) {
        self.rule = rule
        self.passed = passed
        self.wanted = wanted
        self.found = found
    }
}

/// A decision of a policy about one version and one alias, with all that it rests on: anybody can take it again.
public struct PolicyDecision: Codable, Hashable, Sendable {
    /// The schema of this document.
    public static let schemaName = "policy-decision/v1"

    /// Always `policy-decision/v1`.
    public var schema: String
    public var policy: PolicyDocument
    public var facts: PolicyFacts
    public var answers: [PolicyAnswer]
    /// Whether all rules hold.
    public var holds: Bool
    /// The emergency override that lets the alias move nevertheless.
    public var override: RunID?

    /// Takes the decision: a pure function of the policy and the facts.
    public init(_ policy: PolicyDocument, _ facts: PolicyFacts, override: RunID? = nil) {
        schema = Self.schemaName
        self.policy = policy
        self.facts = facts
        answers = PolicyEvaluation(policy, facts).answers
        holds = answers.allSatisfy(\.passed)
        self.override = override
    }

    /// Whether taking the decision again comes to the same.
    public var isRepeatable: Bool { PolicyDecision(policy, facts, override: override) == self }

    /// Whether the alias may move.
    public var allows: Bool { holds || (override != nil && isOpenToOverride) }

    /// Whether an emergency override helps: never against values that are no numbers, nor against a rejection.
    public var isOpenToOverride: Bool {
        !facts.flags.contains("nonfinite") && (facts.state == .pending || facts.state == .approved)
    }

    /// The rules that do not hold, in sentences.
    public var failures: [String] {
        answers.filter { !$0.passed }.map { "\($0.rule): wanted \($0.wanted); found \($0.found)" }
    }
}
