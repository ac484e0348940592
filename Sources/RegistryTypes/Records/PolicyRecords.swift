/// Sets the policy of a namespace, or of one alias in it.
public struct SetPolicy: Codable, Sendable {
    /// The model whose alias it is; without one it is the alias of all models that have none of their own.
    public var model: ResourceName?
    /// The alias that the policy guards; without one it guards `production` and what else is protected.
    public var alias: Alias?
    /// The policy; without one the present policy ends.
    public var policy: PolicyDocument?

    /// Asks for a policy.
    public init(model: ResourceName? = nil, alias: Alias? = nil, policy: PolicyDocument?) {
        self.model = model
        self.alias = alias
        self.policy = policy
    }
}

/// A policy that is or was in force at a place.
public struct PolicyRecord: Codable, Sendable, Equatable {
    public var namespace: ResourceName
    public var model: ResourceName?
    public var alias: Alias?
    /// The digest of the policy; absent where it was ended.
    public var digest: Digest?
    public var policy: PolicyDocument?
    /// The names of the principals that its groups hold, by id; those that were erased are left out.
    public var names: [String: String]
    public var setAt: Int64
    public var setBy: PrincipalRecord

    /// Describes a policy at its place.
    public init(
        namespace: ResourceName, model: ResourceName?, alias: Alias?, digest: Digest?, policy: PolicyDocument?,
        names: [String: String], setAt: Int64, setBy: PrincipalRecord
    ) {
        self.namespace = namespace
        self.model = model
        self.alias = alias
        self.digest = digest
        self.policy = policy
        self.names = names
        self.setAt = setAt
        self.setBy = setBy
    }
}

/// Asks what the policy of an alias says about a version.
public struct TestPolicy: Codable, Sendable {
    /// `production` if absent.
    public var alias: Alias?

    /// Asks about an alias.
    public init(alias: Alias? = nil) { self.alias = alias }
}

/// What the policy of an alias says about a version.
public struct PolicyTest: Codable, Sendable, Equatable {
    /// The SHA-256 of the canonical decision.
    public var digest: Digest
    public var decision: PolicyDecision
    /// The digest of the policy.
    public var policy: Digest
    /// What an approver sends back with an approval.
    public var evidence: ApprovalEvidence
    /// The names of the principals in the decision, by id; those that were erased are left out.
    public var names: [String: String]

    /// Describes a decision.
    public init(
        digest: Digest, decision: PolicyDecision, policy: Digest, evidence: ApprovalEvidence, names: [String: String]
    ) {
        self.digest = digest
        self.decision = decision
        self.policy = policy
        self.evidence = evidence
        self.names = names
    }
}

/// Asks others to approve a version.
public struct RequestApproval: Codable, Sendable {
    public var comment: String?

    /// Asks for approval.
    public init(comment: String? = nil) { self.comment = comment }
}

/// That somebody asked for approval.
public struct ApprovalRequestRecord: Codable, Sendable, Equatable {
    public var version: VersionReference
    public var digest: Digest
    public var principal: PrincipalRecord
    public var comment: String?
    public var at: Int64

    /// Describes a request.
    public init(
        version: VersionReference, digest: Digest, principal: PrincipalRecord, comment: String?, at: Int64
    ) {
        self.version = version
        self.digest = digest
        self.principal = principal
        self.comment = comment
        self.at = at
    }
}

/// A request for approval that nobody decided about yet.
public struct OpenApprovalRequest: Codable, Sendable, Equatable {
    public var version: VersionReference
    /// The version digest.
    public var digest: Digest
    /// Who asks.
    public var principal: PrincipalRecord
    /// Why; absent also where it was erased.
    public var comment: String?
    /// Since when it waits, in UTC milliseconds.
    public var at: Int64
    /// How many approvals there are that count, and how many the policy of `production` asks for.
    public var approvals: Int
    public var needed: Int
    /// What the policy says of approvals and verdicts; its other rules are left to its own answer.
    public var answers: [PolicyAnswer]

    /// Describes a request.
    public init(
        version: VersionReference, digest: Digest, principal: PrincipalRecord, comment: String?, at: Int64,
        approvals: Int, needed: Int, answers: [PolicyAnswer]
    ) {
        self.version = version
        self.digest = digest
        self.principal = principal
        self.comment = comment
        self.at = at
        self.approvals = approvals
        self.needed = needed
        self.answers = answers
    }
}

/// Asks for an emergency override of the policy of an alias for one version.
public struct RequestOverride: Codable, Sendable {
    /// `production` if absent.
    public var alias: Alias?
    /// 10 to 1000 characters; it stands in the log for ever.
    public var reason: String
    /// Hours, 1 to 168, after which it ends.
    public var hours: Int

    /// Asks for an override.
    public init(alias: Alias? = nil, reason: String, hours: Int) {
        self.alias = alias
        self.reason = reason
        self.hours = hours
    }
}

/// An emergency override: while it lasts, an alias may point to a version that the policy refuses.
public struct OverrideRecord: Codable, Sendable, Equatable {
    /// Somebody and when.
    public struct Step: Codable, Sendable, Equatable {
        public var by: PrincipalRecord
        public var at: Int64

        /// Describes a step.
        public init(by: PrincipalRecord, at: Int64) {
            self.by = by
            self.at = at
        }
    }

    public var id: RunID
    public var version: VersionReference
    public var digest: Digest
    public var alias: Alias
    public var reason: String
    public var expiresAt: Int64
    public var asked: Step
    /// The second administrator; it is without effect until there is one.
    public var confirmed: Step?

    /// Describes an override.
    public init(
        id: RunID, version: VersionReference, digest: Digest, alias: Alias, reason: String, expiresAt: Int64,
        asked: Step, confirmed: Step?
    ) {
        self.id = id
        self.version = version
        self.digest = digest
        self.alias = alias
        self.reason = reason
        self.expiresAt = expiresAt
        self.asked = asked
        self.confirmed = confirmed
    }

    /// Whether it has an effect at a time.
    public func isInForce(at time: Int64) -> Bool { confirmed != nil && time < expiresAt }
}
