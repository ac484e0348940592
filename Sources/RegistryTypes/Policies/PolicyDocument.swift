/// What a version must show before an alias may move to it, and how many must approve it.
///
/// An immutable canonical JSON document, named by the SHA-256 of its bytes. People write it as `assay.policy.yaml`;
/// `docs/reference/policy.md` describes it. A rule that is absent asks for nothing. Whatever a policy says, a version with
/// NaN or infinite values fails, and nobody approves what they pushed or asked approval for.
public struct PolicyDocument: Codable, Hashable, Sendable {
    /// The schema of this document.
    public static let schemaName = "policy/v1"

    /// What counts where nobody set a policy: one approval.
    public static let builtIn = PolicyDocument(schema: schemaName)

    /// Always `policy/v1`.
    public var schema: String
    /// Named sets of principals: their opaque ids, or `group:<name>` for all members of another group.
    public var groups: [String: [String]]?
    /// Who must approve; one approval if absent.
    public var approvals: ApprovalRule?
    /// The reproduction that is needed.
    public var verdict: VerdictRule?
    /// Bounds of measurements.
    public var metrics: [MetricRule]?
    /// Measurements beside those of the version that the alias points to now.
    public var comparisons: [ComparisonRule]?
    /// Datasets of which the run must have read a version.
    public var datasets: [QualifiedName]?
    /// Datasets on a version of which something must have been measured.
    public var evaluations: [QualifiedName]?
    /// Whether the source must be a commit as it is, all of it in git.
    public var cleanSource: Bool?
    /// Whether the run must have had an environment that is pinned by digest: an image or a root file system.
    public var pinnedEnvironment: Bool?
    /// The repositories that the image of the environment may come from; `*` stands for any run of characters.
    public var images: [String]?
    /// The formats that weights may have.
    public var formats: [String]?
    /// Which names a file may make a loader import.
    public var scan: ScanRule?
    /// Files that are neither weights nor loaded, such as `*.md`: the rules `formats` and `scan` pass over them.
    public var otherFiles: [String]?
    /// Whether the verdict must have a signed statement.
    public var signedStatement: Bool?

    /// A policy without rules.
    public init(schema: String = schemaName) { self.schema = schema }

    /// How many must approve.
    public struct ApprovalRule: Codable, Hashable, Sendable {
        /// Different principals, 1 to 20; 1 if absent.
        public var count: Int?
        /// The number of them that must belong to a group, by its name.
        public var groups: [String: Int]?

        /// Asks for approvals.
        public init(count: Int? = nil, groups: [String: Int]? = nil) {
            self.count = count
            self.groups = groups
        }
    }

    /// The verdict that is needed.
    public struct VerdictRule: Codable, Hashable, Sendable {
        public var kind: Verdict.Kind
        public var atLeast: Verdict.Outcome
        /// Hours, 1 to 87,600, after which it is too old; never if absent.
        public var notOlderThanHours: Int?
        /// Whether one counts that whoever asked for it carried out on their own machine; false if absent.
        public var allowLocal: Bool?

        /// Asks for a verdict.
        public init(
            kind: Verdict.Kind, atLeast: Verdict.Outcome, notOlderThanHours: Int? = nil, allowLocal: Bool? = nil
        ) {
            self.kind = kind
            self.atLeast = atLeast
            self.notOlderThanHours = notOlderThanHours
            self.allowLocal = allowLocal
        }
    }

    /// A bound of a measurement.
    public struct MetricRule: Codable, Hashable, Sendable {
        public var name: String
        /// The dataset that it was measured on, any version of it; absent for a metric that names none.
        public var dataset: QualifiedName?
        public var atLeast: Double?
        public var atMost: Double?
        /// Whether only an evaluation counts that a worker of the server carried out; false if absent.
        public var byWorker: Bool?

        /// Asks for a measurement within bounds.
        public init(
            name: String, dataset: QualifiedName? = nil, atLeast: Double? = nil, atMost: Double? = nil,
            byWorker: Bool? = nil
        ) {
            self.name = name
            self.dataset = dataset
            self.atLeast = atLeast
            self.atMost = atMost
            self.byWorker = byWorker
        }
    }

    /// Which values of a metric are better.
    public enum Direction: String, Codable, Hashable, Sendable, CaseIterable {
        case higher, lower
    }

    /// A measurement beside that of the version which the alias points to now, on the same version of the dataset.
    public struct ComparisonRule: Codable, Hashable, Sendable {
        public var name: String
        public var dataset: QualifiedName?
        public var better: Direction
        /// How much worse it may be, in the metric's own unit; one of the two, 0 for not at all.
        public var notWorseThan: Double?
        /// How much worse it may be, in percent of the present value's magnitude.
        public var notWorseThanPercent: Double?

        /// Asks for a comparison.
        public init(
            name: String, dataset: QualifiedName? = nil, better: Direction, notWorseThan: Double? = nil,
            notWorseThanPercent: Double? = nil
        ) {
            self.name = name
            self.dataset = dataset
            self.better = better
            self.notWorseThan = notWorseThan
            self.notWorseThanPercent = notWorseThanPercent
        }
    }

    /// Names that a file may make a loader import.
    public struct ScanRule: Codable, Hashable, Sendable {
        /// Further dotted names beside the usual ones; `*` stands for any run of characters, as in `sklearn.*`.
        public var allow: [String]?

        /// Asks for files that import nothing else.
        public init(allow: [String]? = nil) { self.allow = allow }
    }
}
