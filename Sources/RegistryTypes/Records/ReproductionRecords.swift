/// Asks the server to repeat the run behind a version.
public struct RequestReproduction: Codable, Sendable {
    public var kind: Verdict.Kind
    /// Tolerances that count where the recipe has none or others; the verdict then carries `post-hoc-tolerance`.
    public var compare: Recipe.Comparison?

    /// Asks for a retraining or a re-evaluation.
    public init(kind: Verdict.Kind, compare: Recipe.Comparison? = nil) {
        self.kind = kind
        self.compare = compare
    }
}

/// A reproduction that whoever asked for it carries out.
public struct LocalReproduction: Codable, Sendable {
    public var record: ReproductionRecord
    /// The token of this one job; nil if it has its verdict already.
    public var token: String?

    /// Hands a job over.
    public init(record: ReproductionRecord, token: String?) {
        self.record = record
        self.token = token
    }
}

/// A reproduction: the job, and its verdict once it has one.
public struct ReproductionRecord: Codable, Sendable {
    /// Where the job stands.
    public enum State: String, Codable, Sendable, CaseIterable {
        case queued, running, done, cancelled
    }

    /// What is being done for a running job.
    public enum Phase: String, Codable, Sendable, CaseIterable {
        case fetching, running, sending, comparing
    }

    public var id: RunID
    public var version: VersionReference
    public var versionDigest: Digest
    public var kind: Verdict.Kind
    public var state: State
    public var requestedBy: PrincipalRecord
    public var createdAt: Int64
    public var startedAt: Int64?
    public var endedAt: Int64?
    /// Tolerances that were given only when it was asked for.
    public var compare: Recipe.Comparison?
    /// What was changed on purpose; the verdict then says nothing about the version as it is.
    public var variation: Variation?
    /// True where a schedule asked for it.
    public var scheduled: Bool?
    public var verdict: Verdict?
    /// From when on the verdict is stale, in UTC milliseconds; absent where no schedule asks for newer ones.
    public var staleAt: Int64?
    /// The worker that has the job or had it last.
    public var worker: String?
    /// What it does just now; absent unless the job runs.
    public var phase: Phase?
    /// How often the job was started; more than 1 if workers were lost.
    public var attempts: Int?
    /// Why nobody takes a job that waits, in a sentence; absent if somebody will, and in lists.
    public var waiting: String?
    /// The digest of the signed statement of the verdict; nil for verdicts from before there were any.
    public var statement: Digest?

    /// Describes a reproduction.
    public init(
        id: RunID, version: VersionReference, versionDigest: Digest, kind: Verdict.Kind, state: State,
        requestedBy: PrincipalRecord, createdAt: Int64, startedAt: Int64?, endedAt: Int64?,
        compare: Recipe.Comparison? = nil, variation: Variation? = nil, scheduled: Bool? = nil, verdict: Verdict?,
        staleAt: Int64? = nil, worker: String? = nil, phase: Phase? = nil, attempts: Int? = nil,
        statement: Digest? = nil
    ) {
        self.id = id
        self.version = version
        self.versionDigest = versionDigest
        self.kind = kind
        self.state = state
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.compare = compare
        self.variation = variation
        self.scheduled = scheduled
        self.verdict = verdict
        self.staleAt = staleAt
        self.worker = worker
        self.phase = phase
        self.attempts = attempts
        self.statement = statement
    }
}

/// What a worker needs to know to carry out a reproduction; bytes are fetched by digest with the job's token.
public struct JobSpecification: Codable, Sendable {
    /// A folder that stands read-only below `/in`.
    public struct Folder: Codable, Sendable {
        public var name: String
        public var phase: Recipe.Phase
        public var files: [ArtifactFile]

        /// Describes a folder.
        public init(name: String, phase: Recipe.Phase, files: [ArtifactFile]) {
            self.name = name
            self.phase = phase
            self.files = files
        }
    }

    public var id: RunID
    public var namespace: ResourceName
    public var kind: Verdict.Kind
    public var recipe: Recipe
    public var inputs: [Folder]
    /// The original's files, for a re-evaluation only: a retraining never sees them.
    public var model: [ArtifactFile]?
    /// What is to be changed on purpose.
    public var variation: Variation?
    /// Seconds without a heartbeat after which another worker may take the job.
    public var leaseSeconds: Int

    /// Describes a job.
    public init(
        id: RunID, namespace: ResourceName, kind: Verdict.Kind, recipe: Recipe, inputs: [Folder],
        model: [ArtifactFile]?, variation: Variation? = nil, leaseSeconds: Int
    ) {
        self.id = id
        self.namespace = namespace
        self.kind = kind
        self.recipe = recipe
        self.inputs = inputs
        self.model = model
        self.variation = variation
        self.leaseSeconds = leaseSeconds
    }
}

/// A sign of life of a worker.
public struct JobProgress: Codable, Sendable {
    /// What it does just now.
    public var phase: ReproductionRecord.Phase

    /// Tells how far a job is.
    public init(phase: ReproductionRecord.Phase) { self.phase = phase }
}

/// Gives a job back that was not carried out.
public struct ReturnJob: Codable, Sendable {
    /// Whether the worker was told to end, so that the attempt does not count.
    public var wasStopped: Bool

    /// Gives a job back.
    public init(wasStopped: Bool) { self.wasStopped = wasStopped }
}

/// Whether a worker should go on.
public struct JobHeartbeat: Codable, Sendable {
    public var cancelled: Bool

    /// Answers a heartbeat.
    public init(cancelled: Bool) { self.cancelled = cancelled }
}

/// What a worker reports when it is done; the server judges, over bytes that it hashed itself.
public struct JobResult: Codable, Sendable {
    /// The files that the commands wrote and that were uploaded.
    public var outputs: [ArtifactFile]
    public var facts: RunFacts
    /// Why the run failed, in the contract's words; nil if it went through.
    public var failure: String?
    /// The failure in a sentence.
    public var explanation: String?
    /// Why nothing was run, in the contract's words.
    public var notVerifiable: String?
    public var log: Digest?

    /// Reports a job.
    public init(
        outputs: [ArtifactFile], facts: RunFacts, failure: String? = nil, explanation: String? = nil,
        notVerifiable: String? = nil, log: Digest? = nil
    ) {
        self.outputs = outputs
        self.facts = facts
        self.failure = failure
        self.explanation = explanation
        self.notVerifiable = notVerifiable
        self.log = log
    }
}
