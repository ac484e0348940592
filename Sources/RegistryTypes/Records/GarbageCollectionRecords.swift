/// Asks for a collection of the bytes that nothing needs any more.
public struct CollectGarbage: Codable, Sendable {
    /// Only say what would be done.
    public var dryRun: Bool?
    /// Collect also where that would take more than half of all blobs, or where nothing is referred to at all.
    public var force: Bool?

    /// Asks for a collection.
    public init(dryRun: Bool? = nil, force: Bool? = nil) {
        self.dryRun = dryRun
        self.force = force
    }
}

/// What a collection did, or would do, and why.
public struct GarbageReport: Codable, Sendable, Equatable {
    /// What becomes of a blob.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// It is needed, or might be soon.
        case kept
        /// It was condemned, and is needed again.
        case revived
        /// Nothing needs it; a later collection sweeps it.
        case condemned
        /// Nothing has needed it since an earlier collection: it is deleted.
        case swept
    }

    /// What becomes of one blob, and why.
    public struct Decision: Codable, Sendable, Equatable {
        public var sha256: Digest
        public var size: Int64
        public var outcome: Outcome
        /// `version`, `evidence`, `input`, `reproduction`, `lease`, `grace`; `unreferenced` where nothing keeps it.
        public var reason: String

        /// Describes a decision.
        public init(sha256: Digest, size: Int64, outcome: Outcome, reason: String) {
            self.sha256 = sha256
            self.size = size
            self.outcome = outcome
            self.reason = reason
        }
    }

    /// How many, and how large together.
    public struct Tally: Codable, Sendable, Equatable {
        public var blobs: Int
        public var bytes: Int64

        /// Describes a sum.
        public init(blobs: Int = 0, bytes: Int64 = 0) {
            self.blobs = blobs
            self.bytes = bytes
        }
    }

    /// A file that no row names.
    public struct Orphan: Codable, Sendable, Equatable {
        /// What becomes of it: `put-aside` into lost+found, or `deleted` from there.
        public enum Outcome: String, Codable, Sendable, CaseIterable {
            case putAside = "put-aside"
            case deleted
        }

        public var sha256: Digest
        public var size: Int64
        public var outcome: Outcome

        /// Describes a file.
        public init(sha256: Digest, size: Int64, outcome: Outcome) {
            self.sha256 = sha256
            self.size = size
            self.outcome = outcome
        }
    }

    public var dryRun: Bool
    /// The number of the collection.
    public var epoch: Int
    /// Why a real run would do nothing, for a dry run where that is so.
    public var obstacle: String?
    /// The sums by outcome and reason, `kept version`, over all blobs.
    public var totals: [String: Tally]
    /// Blobs in the order of their digests; at first those that are not kept. At most 10,000.
    public var decisions: [Decision]
    /// Whether there are more decisions than are listed.
    public var truncated: Bool
    public var orphans: [Orphan]
    /// The versions that the retention rules remove. Their bytes are for later collections.
    public var removals: [RetentionDecision]

    /// Describes a collection.
    public init(
        dryRun: Bool, epoch: Int, obstacle: String? = nil, totals: [String: Tally], decisions: [Decision],
        truncated: Bool, orphans: [Orphan], removals: [RetentionDecision]
    ) {
        self.dryRun = dryRun
        self.epoch = epoch
        self.obstacle = obstacle
        self.totals = totals
        self.decisions = decisions
        self.truncated = truncated
        self.orphans = orphans
        self.removals = removals
    }
}
