/// Asks for a legal hold: nobody can remove the version while it lasts.
public struct PlaceHold: Codable, Sendable {
    /// Why, in 1 to 1000 characters.
    public var reason: String

    /// Asks for a hold.
    public init(reason: String) { self.reason = reason }
}

/// A legal hold with its history.
public struct HoldRecord: Codable, Sendable, Equatable {
    /// One step of its end: one person asks for it, another one confirms it.
    public struct Step: Codable, Sendable, Equatable {
        public var at: Int64
        public var by: PrincipalRecord

        /// Describes a step.
        public init(at: Int64, by: PrincipalRecord) {
            self.at = at
            self.by = by
        }
    }

    public var id: RunID
    public var version: Reference
    /// The version digest.
    public var digest: Digest
    public var reason: String
    public var placedAt: Int64
    public var placedBy: PrincipalRecord
    /// Who asked for its end; absent as long as nobody did.
    public var liftAsked: Step?
    /// Who confirmed its end; the hold is in force as long as this is absent.
    public var lifted: Step?

    /// Describes a hold.
    public init(
        id: RunID, version: Reference, digest: Digest, reason: String, placedAt: Int64, placedBy: PrincipalRecord,
        liftAsked: Step? = nil, lifted: Step? = nil
    ) {
        self.id = id
        self.version = version
        self.digest = digest
        self.reason = reason
        self.placedAt = placedAt
        self.placedBy = placedBy
        self.liftAsked = liftAsked
        self.lifted = lifted
    }
}
