/// Everything that a policy asks about one version and one alias, read at one moment; a decision rests on it alone.
///
/// Lists are bounded: where there is more, the facts say so, and the rules that would need it fail.
public struct PolicyFacts: Codable, Hashable, Sendable {
    /// When it was read, in UTC milliseconds.
    public var at: Int64
    public var alias: Alias
    public var version: VersionReference
    /// The version digest.
    public var digest: Digest
    public var artifact: Digest
    /// The principal's id.
    public var pushedBy: String
    /// `nonfinite`, `dirty-source`, …
    public var flags: [String]
    /// Whether the run's source was recorded.
    public var hasSource: Bool
    /// What the run ran on; absent for a run without a recipe.
    public var environment: Recipe.Environment?
    /// The files; absent for a version that was pushed before they were looked through.
    public var files: ScannedFiles?
    /// The dataset versions that the run read.
    public var inputs: [VersionReference] = []
    /// What was measured of the version, the last step of each metric.
    public var measurements: [Measurement] = []
    /// The newest verdicts first.
    public var verdicts: [Finding] = []
    /// What the last decision made of the version.
    public var state: ApprovalState
    /// Approvals since the last rejection or withdrawal, oldest first.
    public var votes: [Vote] = []
    /// Who asked for approval since then.
    public var requesters: [String] = []
    /// The version that the alias points to now; absent if there is none, or if the move takes one back.
    public var present: Present?
    /// Whether the alias goes back to a version that it pointed to before.
    public var isRollback: Bool?

    /// What is known of a version and nothing more.
    public init(
        at: Int64, alias: Alias, version: VersionReference, digest: Digest, artifact: Digest, pushedBy: String,
        flags: [String], hasSource: Bool, state: ApprovalState
    ) {
        self.at = at
        self.alias = alias
        self.version = version
        self.digest = digest
        self.artifact = artifact
        self.pushedBy = pushedBy
        self.flags = flags
        self.hasSource = hasSource
        self.state = state
    }

    /// A number that was measured.
    public struct Measurement: Codable, Hashable, Sendable {
        /// Where it comes from.
        public enum Origin: String, Codable, Hashable, Sendable {
            /// The run that made the version: the pusher's word.
            case push
            /// An evaluation that a worker of the server carried out.
            case worker
            /// An evaluation that whoever asked for it carried out.
            case local
        }

        public var metric: Metric
        public var origin: Origin
        public var at: Int64

        /// Describes a measurement.
        public init(metric: Metric, origin: Origin, at: Int64) {
            self.metric = metric
            self.origin = origin
            self.at = at
        }
    }

    /// A verdict.
    public struct Finding: Codable, Hashable, Sendable {
        public var id: RunID
        public var kind: Verdict.Kind
        public var outcome: Verdict.Outcome
        public var at: Int64
        /// What was changed on purpose; such a verdict is about the change.
        public var variation: String?
        /// Whether tolerances were given only when it was asked for.
        public var hasOwnTolerances: Bool
        /// Whether whoever asked for it carried it out.
        public var isLocal: Bool
        public var isSigned: Bool

        /// Describes a verdict.
        public init(
            id: RunID, kind: Verdict.Kind, outcome: Verdict.Outcome, at: Int64, variation: String? = nil,
            hasOwnTolerances: Bool = false, isLocal: Bool = false, isSigned: Bool = true
        ) {
            self.id = id
            self.kind = kind
            self.outcome = outcome
            self.at = at
            self.variation = variation
            self.hasOwnTolerances = hasOwnTolerances
            self.isLocal = isLocal
            self.isSigned = isSigned
        }
    }

    /// An approval.
    public struct Vote: Codable, Hashable, Sendable {
        /// The principal's id.
        public var principal: String
        public var at: Int64
        /// What the approver saw; absent for approvals from before that was recorded.
        public var evidence: ApprovalEvidence?

        /// Describes an approval.
        public init(principal: String, at: Int64, evidence: ApprovalEvidence?) {
            self.principal = principal
            self.at = at
            self.evidence = evidence
        }
    }

    /// The version that an alias points to.
    public struct Present: Codable, Hashable, Sendable {
        public var version: VersionReference
        public var digest: Digest
        public var measurements: [Measurement]

        /// Describes a version.
        public init(version: VersionReference, digest: Digest, measurements: [Measurement]) {
            self.version = version
            self.digest = digest
            self.measurements = measurements
        }
    }
}
