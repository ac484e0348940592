/// The canonical document of a version; its SHA-256 is the version digest that approvals and references name.
public struct VersionDocument: Hashable, Sendable, Codable {
    /// The part of a run that a version digest covers.
    public struct Run: Hashable, Sendable, Codable {
        public let id: RunID
        public let kind: RunDescription.Kind
        public let recipe: Digest?
        /// Where people find the repository; as in the recipe, and not proven.
        public let url: String?
        public let commit: GitCommit?
        /// The folder of the repository that was used: one bundle may prove several that hold the same.
        public let subfolder: String?
        public let source: Digest?
        public let patch: Digest?
        public let image: Digest?
        /// The version digests of the datasets that were read, by input name.
        public let inputs: [String: Digest]
        /// The SHA-256 of the canonical list of metrics.
        public let metrics: Digest
        /// The SHA-256 of the canonical facts.
        public let facts: Digest

        /// Describes a run.
        public init(
            id: RunID, kind: RunDescription.Kind, recipe: Digest?, source: Recipe.Source?, image: Digest?,
            inputs: [String: Digest], metrics: Digest, facts: Digest
        ) {
            self.id = id
            self.kind = kind
            self.recipe = recipe
            url = source?.url
            commit = source?.commit
            subfolder = source?.subfolder
            self.source = source?.bundle
            patch = source?.patch
            self.image = image
            self.inputs = inputs
            self.metrics = metrics
            self.facts = facts
        }
    }

    /// Always `version/v1`.
    public let schema: String
    /// The model's full name, for a version of a model.
    public let model: QualifiedName?
    /// The dataset's full name, for a version of a dataset.
    public let dataset: QualifiedName?
    /// The number that the server gave.
    public let number: Int
    /// The artifact digest.
    public let artifact: Digest
    /// The run that produced it; nil for a dataset that was pushed as it is.
    public let run: Run?
    /// The version digests that it was derived from.
    public let parents: [Digest]

    /// Describes a version of a model.
    public init(model: QualifiedName, number: Int, artifact: Digest, run: Run, parents: [Digest] = []) {
        schema = "version/v1"
        self.model = model
        dataset = nil
        self.number = number
        self.artifact = artifact
        self.run = run
        self.parents = parents
    }

    /// Describes a version of a dataset.
    public init(dataset: QualifiedName, number: Int, artifact: Digest, run: Run? = nil, parents: [Digest] = []) {
        schema = "version/v1"
        model = nil
        self.dataset = dataset
        self.number = number
        self.artifact = artifact
        self.run = run
        self.parents = parents
    }
}
