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

    /// Asks for a decision.
    public init(decision: Decision, digest: Digest, comment: String? = nil) {
        self.decision = decision
        self.digest = digest
        self.comment = comment
    }
}

/// A decision that was taken.
public struct ApprovalRecord: Codable, Sendable, Equatable {
    public var decision: Decision
    public var digest: Digest
    public var principal: PrincipalRecord
    public var comment: String?
    public var at: Int64

    /// Describes a decision.
    public init(decision: Decision, digest: Digest, principal: PrincipalRecord, comment: String?, at: Int64) {
        self.decision = decision
        self.digest = digest
        self.principal = principal
        self.comment = comment
        self.at = at
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

    /// Describes a move.
    public init(alias: Alias, version: Int?, digest: Digest?, movedAt: Int64, movedBy: PrincipalRecord) {
        self.alias = alias
        self.version = version
        self.digest = digest
        self.movedAt = movedAt
        self.movedBy = movedBy
    }
}
