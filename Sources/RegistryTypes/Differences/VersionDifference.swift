/// How two versions, or two files, differ: weights, metrics and recipe.
public struct VersionDifference: Sendable, Codable {
    /// One of the two.
    public struct Side: Sendable, Codable {
        /// The version with its number, or the file's path.
        public var name: String
        /// The version digest, if it is a version.
        public var digest: Digest?
        /// The artifact digest, if it is a version.
        public var artifact: Digest?

        /// Describes a side.
        public init(name: String, digest: Digest? = nil, artifact: Digest? = nil) {
            self.name = name
            self.digest = digest
            self.artifact = artifact
        }
    }

    public var left: Side
    public var right: Side
    /// By the rule of verdicts: the worst of the weights or data, of all files where there are none; metrics within their
    /// tolerance lift `diverged`.
    public var outcome: Verdict.Outcome
    /// The files that both have; in the evidence, left stands for the original and right for the reproduction.
    public var files: [OutputEvidence]
    /// The files that only one of them has.
    public var onlyLeft: [ArtifactPath]
    public var onlyRight: [ArtifactPath]
    /// All metrics of both.
    public var metrics: [MetricEvidence]
    /// What differs between the recipes: source, parameters, inputs, commands, …
    public var recipe: [FieldChange]
    /// What differs between the machines and the circumstances of the runs.
    public var facts: [FieldChange]

    /// Puts everything together and says what it comes to.
    public init(
        left: Side, right: Side, files: [OutputEvidence], onlyLeft: [ArtifactPath] = [],
        onlyRight: [ArtifactPath] = [], metrics: [MetricEvidence] = [], recipe: [FieldChange] = [],
        facts: [FieldChange] = []
    ) {
        self.left = left
        self.right = right
        self.files = files
        self.onlyLeft = onlyLeft
        self.onlyRight = onlyRight
        self.metrics = metrics
        self.recipe = recipe
        self.facts = facts
        let isPaired = onlyLeft.isEmpty && onlyRight.isEmpty
        let products = files.filter(\.role.isProduct)
        let counted = products.isEmpty ? files : products
        outcome =
            isPaired
            ? Verdict.Outcome(outputs: counted, metrics: metrics) : Verdict.Outcome(worst: .diverged, metrics: metrics)
    }
}
