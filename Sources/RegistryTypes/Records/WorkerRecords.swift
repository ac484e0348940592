/// Asks for a worker: a principal that may claim jobs, and nothing else.
public struct CreateWorker: Codable, Sendable {
    /// What verdicts call it.
    public var name: ResourceName
    /// The life of its token: 1 to 90 days; 90 if absent.
    public var expiresInDays: Int?

    /// Asks for a worker, or for a further token of one that exists.
    public init(name: ResourceName, expiresInDays: Int? = nil) {
        self.name = name
        self.expiresInDays = expiresInDays
    }
}

/// Asks for a job.
public struct ClaimJob: Codable, Sendable {
    /// The longest that an answer may be waited for, in seconds.
    public static let longestWait = 25

    /// What the worker has: `arch`, `os`, `gpu`, …
    public var labels: [String: String]
    /// How long to wait for a job, in seconds.
    public var waitSeconds: Int?

    /// Asks for a job that suits these labels.
    public init(labels: [String: String], waitSeconds: Int? = nil) {
        self.labels = labels
        self.waitSeconds = waitSeconds
    }

    /// Throws `invalid-request` for labels that are none.
    public func check() throws {
        guard labels.count <= 50 else { throw RegistryError(.invalidRequest, "a worker has at most 50 labels") }
        for (name, value) in labels {
            guard (try? ResourceName(name)) != nil, (1...200).contains(value.count),
                value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw RegistryError(
                    .invalidRequest, "\"\(name.prefix(100))\" is no label: use name=value, as in gpu=a100")
            }
        }
        guard (0...Self.longestWait).contains(waitSeconds ?? 0) else {
            throw RegistryError(.invalidRequest, "waitSeconds is 0 to \(Self.longestWait)")
        }
    }
}

/// A job that was claimed, with the token that opens it and nothing else.
public struct ClaimedJob: Codable, Sendable {
    public var id: RunID
    /// The secret; good until the job ends or another worker has it.
    public var token: String

    /// Hands a job over.
    public init(id: RunID, token: String) {
        self.id = id
        self.token = token
    }
}

/// The answer to a claim.
public struct JobOffer: Codable, Sendable {
    /// Absent if no job came in time.
    public var job: ClaimedJob?

    /// Answers a claim.
    public init(job: ClaimedJob?) { self.job = job }
}

/// A worker as administrators see it.
public struct WorkerRecord: Codable, Sendable {
    public var name: String
    /// As it last said.
    public var labels: [String: String]
    public var createdAt: Int64
    public var lastSeenAt: Int64?
    /// The jobs that it holds now.
    public var jobs: [RunID]

    /// Describes a worker.
    public init(name: String, labels: [String: String], createdAt: Int64, lastSeenAt: Int64?, jobs: [RunID]) {
        self.name = name
        self.labels = labels
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.jobs = jobs
    }
}

/// What a job needs of the machine that carries it out.
public struct JobNeeds: Codable, Sendable, Equatable {
    public var gpu: Recipe.GPU?

    /// What a recipe wishes for.
    public init(_ resources: Recipe.Resources) { gpu = resources.gpu }

    /// Whether a worker with these labels has it.
    ///
    /// `gpu` is the model of its processors, `gpus` how many there are, 1 if it does not say.
    public func areMet(by labels: [String: String]) -> Bool {
        guard let gpu else { return true }
        guard let model = labels["gpu"] else { return false }
        return (gpu.model.map { $0.lowercased() == model.lowercased() } ?? true)
            && (labels["gpus"].map { Int($0) ?? 0 } ?? 1) >= gpu.count
    }

    /// Whether any worker will do.
    public var isEmpty: Bool { gpu == nil }
}

extension JobNeeds: CustomStringConvertible {
    /// The labels that a worker must have, as `gpu=a100 gpus=2`.
    public var description: String {
        guard let gpu else { return "no labels" }
        let model = gpu.model.map { "gpu=\($0)" } ?? "a gpu"
        return gpu.count == 1 ? model : "\(model) gpus=\(gpu.count)"
    }
}
