/// What was decided about a version.
public enum Decision: String, Codable, Sendable, CaseIterable {
    case approve, reject, withdraw

    /// The state of a version whose last decision is this.
    public var state: ApprovalState {
        switch self {
        case .approve: .approved
        case .reject: .rejected
        case .withdraw: .withdrawn
        }
    }
}

/// Asks to record a decision about one version digest.
public struct DecideVersion: Codable, Sendable {
    public var decision: Decision
    /// The version digest that the approver looked at; the decision is refused if it is not this version's.
    public var digest: Digest
    public var comment: String?
    /// What the approver saw beside the digest, as the answer about the policy gave it; an approval under a policy that
    /// somebody set needs it, and is refused if it is another by now.
    public var evidence: ApprovalEvidence?

    /// Asks for a decision.
    public init(decision: Decision, digest: Digest, comment: String? = nil, evidence: ApprovalEvidence? = nil) {
        self.decision = decision
        self.digest = digest
        self.comment = comment
        self.evidence = evidence
    }
}

/// A decision that was taken.
public struct ApprovalRecord: Codable, Sendable, Equatable {
    public var decision: Decision
    public var digest: Digest
    public var principal: PrincipalRecord
    /// Absent where none was given, and where its author's personal data were erased.
    public var comment: String?
    public var at: Int64
    /// The digest of what an approver saw; absent for other decisions.
    public var evidence: Digest?
    /// Whether the version is approved by it; false where more approvals are needed. Absent for other decisions.
    public var isComplete: Bool?

    /// Describes a decision.
    public init(
        decision: Decision, digest: Digest, principal: PrincipalRecord, comment: String?, at: Int64,
        evidence: Digest? = nil, isComplete: Bool? = nil
    ) {
        self.decision = decision
        self.digest = digest
        self.principal = principal
        self.comment = comment
        self.at = at
        self.evidence = evidence
        self.isComplete = isComplete
    }
}

/// Asks to move an alias.
public struct MoveAlias: Codable, Sendable {
    /// The number of the version that the alias shall point to.
    public var version: Int

    /// Asks for a move.
    public init(version: Int) { self.version = version }
}

/// A move of an alias, or where it points now.
public struct AliasRecord: Codable, Sendable, Equatable {
    public var alias: Alias
    /// The version's number; absent where the alias was removed.
    public var version: Int?
    public var digest: Digest?
    public var movedAt: Int64
    public var movedBy: PrincipalRecord
    /// Whether the alias went back to where it pointed before.
    public var isRollback: Bool?
    /// The digest of the policy's decision that let it move; absent for aliases that no policy guards.
    public var decision: Digest?
    /// The emergency override that let it move against the policy.
    public var override: RunID?
    /// What is no longer as the policy wants it; only where it is asked where aliases point, and absent without any.
    public var alerts: [AlertRecord]?

    /// Describes a move.
    public init(
        alias: Alias, version: Int?, digest: Digest?, movedAt: Int64, movedBy: PrincipalRecord,
        isRollback: Bool? = nil, decision: Digest? = nil, override: RunID? = nil, alerts: [AlertRecord]? = nil
    ) {
        self.alias = alias
        self.version = version
        self.digest = digest
        self.movedAt = movedAt
        self.movedBy = movedBy
        self.isRollback = isRollback
        self.decision = decision
        self.override = override
        self.alerts = alerts
    }
}
