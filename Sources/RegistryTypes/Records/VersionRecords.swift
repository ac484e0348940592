/// Whether bytes of a version may be deployed.
public enum ApprovalState: String, Codable, Sendable, CaseIterable {
    case pending, approved, rejected, withdrawn
}

/// A model or dataset as lists show it.
public struct CollectionRecord: Codable, Sendable, Equatable {
    public var name: QualifiedName
    public var createdAt: Int64
    /// The newest version's number, 0 if there is none.
    public var latest: Int
    /// Aliases and the version numbers they point to now.
    public var aliases: [String: Int]

    /// Describes a model or dataset.
    public init(name: QualifiedName, createdAt: Int64, latest: Int, aliases: [String: Int]) {
        self.name = name
        self.createdAt = createdAt
        self.latest = latest
        self.aliases = aliases
    }
}

/// A version of a model or dataset as lists show it.
public struct VersionSummary: Codable, Sendable, Equatable {
    public var name: QualifiedName
    public var number: Int
    /// The version digest.
    public var digest: Digest
    /// The artifact digest.
    public var artifact: Digest
    public var totalSize: Int64
    public var createdAt: Int64
    public var createdBy: PrincipalRecord
    public var aliases: [String]
    /// Absent for datasets, which have no approvals.
    public var approval: ApprovalState?
    /// `nonfinite`, `dirty-source`.
    public var flags: [String]
    /// The newest verdict of a retraining that changed nothing, if there is one; absent for one never verified.
    public var verdict: Verdict.Outcome?
    /// When it was found, in UTC milliseconds.
    public var verdictAt: Int64?
    /// From when on it is stale; absent where no schedule asks for newer ones.
    public var staleAt: Int64?
    /// The run that produced it; absent for datasets.
    public var run: RunID?
    public var commit: GitCommit?
    /// The lowest other version of the same name with the same artifact.
    public var sameArtifactAs: Int?
    /// When it was removed: its bytes are no longer served. Absent for a version that is there.
    public var removedAt: Int64?
    /// Emergency overrides that two administrators gave, ended ones included; absent where there are none.
    public var overrides: [OverrideRecord]?
    /// Those of its aliases that only an emergency override let point to it; absent where there are none.
    public var overriddenAliases: [String]?

    /// Describes a version.
    public init(
        name: QualifiedName, number: Int, digest: Digest, artifact: Digest, totalSize: Int64, createdAt: Int64,
        createdBy: PrincipalRecord, aliases: [String], approval: ApprovalState?, flags: [String],
        verdict: Verdict.Outcome?, verdictAt: Int64? = nil, staleAt: Int64? = nil, run: RunID?, commit: GitCommit?,
        sameArtifactAs: Int?, removedAt: Int64? = nil, overrides: [OverrideRecord]? = nil,
        overriddenAliases: [String]? = nil
    ) {
        self.name = name
        self.number = number
        self.digest = digest
        self.artifact = artifact
        self.totalSize = totalSize
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.aliases = aliases
        self.approval = approval
        self.flags = flags
        self.verdict = verdict
        self.verdictAt = verdictAt
        self.staleAt = staleAt
        self.run = run
        self.commit = commit
        self.sameArtifactAs = sameArtifactAs
        self.removedAt = removedAt
        self.overrides = overrides
        self.overriddenAliases = overriddenAliases
    }
}

/// A version with everything that is known about it.
public struct VersionRecord: Codable, Sendable {
    public var summary: VersionSummary
    /// The canonical document whose SHA-256 is the version digest.
    public var document: VersionDocument
    public var files: [ArtifactFile]
    public var run: RunRecord?
    public var approvals: [ApprovalRecord]?
    public var reproductions: [ReproductionRecord]?
    /// What is no longer as a policy wants it; absent without any.
    public var alerts: [AlertRecord]?

    /// Describes a version.
    public init(
        summary: VersionSummary, document: VersionDocument, files: [ArtifactFile], run: RunRecord?,
        approvals: [ApprovalRecord]?, reproductions: [ReproductionRecord]?, alerts: [AlertRecord]? = nil
    ) {
        self.summary = summary
        self.document = document
        self.files = files
        self.run = run
        self.approvals = approvals
        self.reproductions = reproductions
        self.alerts = alerts
    }
}

/// Asks for a new version of a dataset.
public struct CreateDatasetVersion: Codable, Sendable {
    public var files: [ArtifactFile]
    /// The run that produced the files; nil for data that came from elsewhere.
    public var run: RunDescription?

    /// Asks for a version of these files.
    public init(files: [ArtifactFile], run: RunDescription? = nil) {
        self.files = files
        self.run = run
    }
}

/// Asks for a new version of a model.
public struct CreateModelVersion: Codable, Sendable {
    public var files: [ArtifactFile]
    public var run: RunDescription

    /// Asks for a version of these files, produced by this run.
    public init(files: [ArtifactFile], run: RunDescription) {
        self.files = files
        self.run = run
    }
}

/// The answer to a push: the version, and what its pusher should know.
public struct CreatedVersion: Codable, Sendable {
    public var version: VersionSummary
    /// What the pusher should know, in sentences: non-finite values, a dirty source.
    public var warnings: [String]

    /// Describes a push.
    public init(version: VersionSummary, warnings: [String]) {
        self.version = version
        self.warnings = warnings
    }
}

/// A run as the API shows it.
public struct RunRecord: Codable, Sendable {
    public var id: RunID
    public var namespace: ResourceName
    public var kind: RunDescription.Kind
    public var state: RunDescription.State
    public var createdAt: Int64
    public var createdBy: PrincipalRecord
    public var recipe: Recipe?
    public var recipeDigest: Digest?
    public var source: Recipe.Source?
    /// Parts of the source that git does not hold, in words.
    public var sourceIncomplete: [String]
    public var inputs: [RunInput]
    public var image: ContainerImage?
    public var metrics: [Metric]
    public var facts: RunFacts
    public var log: Digest?
    /// The version that the run produced, or that it re-evaluated or retrained.
    public var version: VersionReference?

    /// Describes a run.
    public init(
        id: RunID, namespace: ResourceName, kind: RunDescription.Kind, state: RunDescription.State, createdAt: Int64,
        createdBy: PrincipalRecord, recipe: Recipe?, recipeDigest: Digest?, source: Recipe.Source?,
        sourceIncomplete: [String], inputs: [RunInput], image: ContainerImage?, metrics: [Metric], facts: RunFacts,
        log: Digest?, version: VersionReference?
    ) {
        self.id = id
        self.namespace = namespace
        self.kind = kind
        self.state = state
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.recipe = recipe
        self.recipeDigest = recipeDigest
        self.source = source
        self.sourceIncomplete = sourceIncomplete
        self.inputs = inputs
        self.image = image
        self.metrics = metrics
        self.facts = facts
        self.log = log
        self.version = version
    }
}

/// Records a run without a version: a failed one.
public struct CreateRun: Codable, Sendable {
    public var run: RunDescription

    /// Asks to record this run.
    public init(run: RunDescription) { self.run = run }
}
