/// Everything that is enough to repeat a run; immutable, addressed by the SHA-256 of its canonical JSON.
///
/// A recipe holds wishes only. What was found while running (processor, packages, times) are `RunFacts`.
public struct Recipe: Hashable, Sendable, Codable {
    /// The schema of this document.
    public static let schemaName = "recipe/v1"

    /// Always `recipe/v1`.
    public let schema: String
    /// The code that runs.
    public let source: Source
    /// The data that the code reads.
    public let inputs: [Input]
    /// Scalars for the code, handed over as a JSON file.
    public let parameters: [String: JSONValue]
    /// The parameters whose whole numbers are floating-point numbers, sorted; nil if there are none.
    ///
    /// Canonical JSON writes 1.0 as 1 (RFC 8785 §3.2.2.3), and code that reads 1 computes with integers.
    public let floats: [String]?
    /// The seed for every random generator.
    public let seed: Int64
    /// Further environment variables; the child starts from these and the fixed defaults alone.
    public let env: [String: String]
    /// What the code runs on.
    public let environment: Environment
    /// The Python packages that the code imports; nil for those of the environment alone.
    public let python: Python?
    /// The training command; argv, no shell.
    public let train: [String]
    /// The evaluation command, or none.
    public let evaluate: [String]?
    /// The files that the commands write.
    public let outputs: [Output]
    /// How a reproduction's outputs are compared.
    public let compare: Comparison
    /// What the run may use.
    public let resources: Resources
    /// When the run is stopped.
    public let timeouts: Timeouts
    /// Always `none`: a run without network is the only one that can be repeated.
    public let network: String

    /// Puts a recipe together; `check()` tells whether it holds together.
    public init(
        source: Source, inputs: [Input], parameters: [String: JSONValue], floats: Set<String> = [], seed: Int64,
        env: [String: String],
        environment: Environment, python: Python? = nil, train: [String], evaluate: [String]?, outputs: [Output],
        compare: Comparison,
        resources: Resources, timeouts: Timeouts
    ) {
        schema = Self.schemaName
        self.source = source
        self.inputs = inputs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.parameters = parameters
        let whole = floats.filter { parameters[$0]?.isWholeNumber == true }
        self.floats = whole.isEmpty ? nil : whole.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.seed = seed
        self.env = env
        self.environment = environment
        self.python = python
        self.train = train
        self.evaluate = evaluate
        self.outputs = outputs.sorted { $0.path < $1.path }
        self.compare = compare
        self.resources = resources
        self.timeouts = timeouts
        network = "none"
    }
}

extension Recipe {
    /// Code in git, proven by its raw objects.
    public struct Source: Hashable, Sendable, Codable {
        /// Where people find the repository; nil without a remote. Never holds credentials.
        public let url: String?
        /// The full commit id.
        public let commit: GitCommit
        /// The folder of the repository that is used, `""` for all of it.
        public let subfolder: String
        /// The digest of the source bundle that proves the commit.
        public let bundle: Digest
        /// The digest of the patch that holds changes which were not committed, if there were any.
        public let patch: Digest?

        /// Describes a source.
        public init(url: String?, commit: GitCommit, subfolder: String, bundle: Digest, patch: Digest? = nil) {
            self.url = url
            self.commit = commit
            self.subfolder = subfolder
            self.bundle = bundle
            self.patch = patch
        }
    }

    /// When an input is there to be read.
    public enum Phase: String, Sendable, Codable, CaseIterable {
        case train
        case evaluate
    }

    /// A dataset version that the code reads.
    public struct Input: Hashable, Sendable, Codable {
        /// The folder's name below `/in`.
        public let name: String
        /// Data of phase `evaluate` is not there while training.
        public let phase: Phase
        /// The dataset version, with its number.
        public let dataset: VersionReference
        /// The digest of the dataset version's artifact.
        public let artifact: Digest

        /// Describes an input.
        public init(name: String, phase: Phase, dataset: VersionReference, artifact: Digest) {
            self.name = name
            self.phase = phase
            self.dataset = dataset
            self.artifact = artifact
        }
    }

    /// What the code runs on.
    public struct Environment: Hashable, Sendable, Codable {
        /// The kinds of environment.
        public enum Kind: String, Sendable, Codable {
            /// The machine's own programs and libraries: not pinned, and the verdict says so.
            case host
            /// A root file system: the one tar archive of the input `rootfs`.
            case rootfs
            /// The container image that `image` names by digest.
            case image
        }

        /// The name of the input that holds the root file system; it does not stand below `/in`.
        public static let rootInput = "rootfs"

        /// The kind of environment.
        public let kind: Kind

        /// The image, if that is the kind.
        public let image: ImageReference?

        /// Describes an environment.
        public init(kind: Kind) {
            self.kind = kind
            image = nil
        }

        /// Describes an environment that is a container image.
        public init(image: ImageReference) {
            kind = .image
            self.image = image
        }
    }

    /// Python packages that are pinned by a lock file.
    public struct Python: Hashable, Sendable, Codable {
        /// The name of the input that holds the wheels; what is in them stands unpacked below `/in` under this name.
        public static let wheelsInput = "wheels"

        /// The lock file, in the source: it names every wheel by its SHA-256.
        public let requirements: ArtifactPath

        /// Describes packages.
        public init(requirements: ArtifactPath) { self.requirements = requirements }
    }

    /// What an output is for.
    public enum Role: String, Sendable, Codable, CaseIterable {
        case weights, data, metrics, report, log

        /// Whether the output is what the run is for: the weights of a model, or the files of a dataset.
        public var isProduct: Bool { self == .weights || self == .data }

        /// Whether the verdict looks at the output.
        public var counts: Bool { isProduct || self == .metrics }
    }

    /// A file that a command writes below `$ASSAY_OUTPUTS`.
    public struct Output: Hashable, Sendable, Codable {
        /// Where it is written.
        public let path: ArtifactPath
        /// What it is for.
        public let role: Role
        /// The weight format; nil means by the file's name.
        public let format: String?
        /// Which command writes it.
        public let phase: Phase
        /// For metrics: the input that they were measured on.
        public let input: String?

        /// Describes an output.
        public init(path: ArtifactPath, role: Role, format: String? = nil, phase: Phase = .train, input: String? = nil)
        {
            self.path = path
            self.role = role
            self.format = format
            self.phase = phase
            self.input = input
        }
    }

    /// The owner's tolerances, fixed before any run; what is not named has the defaults.
    public struct Comparison: Hashable, Sendable, Codable {
        /// By metric name.
        public let metrics: [String: Tolerance]
        /// By glob over tensor names.
        public let tensors: [String: Tolerance]

        /// Collects tolerances.
        public init(metrics: [String: Tolerance] = [:], tensors: [String: Tolerance] = [:]) {
            self.metrics = metrics
            self.tensors = tensors
        }
    }

    /// What a run may use.
    public struct Resources: Hashable, Sendable, Codable {
        public let cpus: Int
        public let memoryMiB: Int
        public let pids: Int
        public let scratchMiB: Int
        /// Graphics processors; nil for a run that needs none.
        public let gpu: GPU?

        /// The defaults suit a small training on one machine.
        public init(
            cpus: Int = 1, memoryMiB: Int = 2048, pids: Int = 256, scratchMiB: Int = 1024, gpu: GPU? = nil
        ) {
            self.cpus = cpus
            self.memoryMiB = memoryMiB
            self.pids = pids
            self.scratchMiB = scratchMiB
            self.gpu = gpu
        }
    }

    /// Graphics processors that a run needs.
    public struct GPU: Hashable, Sendable, Codable {
        public let count: Int
        /// The model, as workers label it; nil for any.
        public let model: String?

        /// Asks for graphics processors.
        public init(count: Int = 1, model: String? = nil) {
            self.count = count
            self.model = model
        }
    }

    /// When a run is stopped, in seconds.
    public struct Timeouts: Hashable, Sendable, Codable {
        /// From the start of a command.
        public let wallSeconds: Int
        /// Since the command last printed something.
        public let idleSeconds: Int
        /// Between the polite signal and the hard one.
        public let killGraceSeconds: Int

        /// One hour, ten minutes of silence, five seconds to end.
        public init(wallSeconds: Int = 3600, idleSeconds: Int = 600, killGraceSeconds: Int = 5) {
            self.wallSeconds = wallSeconds
            self.idleSeconds = idleSeconds
            self.killGraceSeconds = killGraceSeconds
        }
    }
}
