package import BlobStore
import GRDB
package import RegistryTypes

/// The product without HTTP: every operation is one function here, one transaction and one audit entry.
package struct ModelRegistry: Sendable {
    /// The metadata.
    let database: MetadataDatabase
    /// The bytes.
    package let blobs: FileBlobStore
    /// The present, in UTC milliseconds; it may go back.
    let clock: @Sendable () -> Int64
    /// Time that never goes back, for leases.
    let leaseClock: SteadyClock
    /// Changes with every write.
    package let generation = Generation()
    /// Keeps comparisons few.
    let comparisons = ComparisonGate()
    /// Wakes whoever carries out reproductions.
    package let jobs = Notifier()
    /// Wakes whoever queues what schedules ask for.
    package let schedules = Notifier()
    /// Wakes whoever tells others of what happened.
    package let events = Notifier()
    /// The key that the secrets of webhooks are made of.
    let webhookKey: WebhookKey
    /// How far entries were looked through for webhooks.
    let lookedAt = LookedAt()
    /// The token of the worker that the server starts itself; it ends with this process and is written down nowhere.
    package let embeddedWorkerToken = APIToken.random()
    /// When tokens were used.
    let tokenUses = TokenUses()
    /// Whether that worker carries out jobs.
    package let ownWorker = OwnWorker()
    /// How long bytes stay that nothing needs, in milliseconds, and how long a lease lasts.
    let collectionGrace: Int64
    /// How many jobs wait and run at most.
    let jobLimits: JobLimits
    /// Keeps collections from each other, and from backups.
    let collectionGate = CollectionGate()
    /// The ranges of upload sessions that are being received.
    let claims = RangeClaims()
    /// What the scrub has read.
    package let scrubbed = ScrubTally()
    /// Wakes whoever carries out checks and backups, and knows how far they are.
    package let upkeep = UpkeepQueue()
    /// The only folder that backups are written to; nil where the server makes none.
    let backups: String?
    /// The private keys that statements are signed with.
    let keys: SigningKeyFolder
    /// The private keys that the audit log is signed with.
    let logKeys: SigningKeyFolder
    /// The last checkpoint of the audit log, outside the database.
    let logHead: LogHead
    /// What is known of the audit log since it was signed last.
    package let logSigner = LogSigner()
    /// How long outputs of reproductions stay that are not bit-identical, in milliseconds.
    let outputRetention: Int64
    /// Held as long as the registry lives, so that no second server opens the folder.
    private let lock: DataFolderLock
    /// Where it is written down up to which audit entry all bytes are known to be good.
    let goodMark: GoodMark

    /// The usual grace of bytes that nothing needs: a day.
    package static let usualCollectionGrace: Int64 = 86_400_000

    /// The usual time that outputs of reproductions stay: 90 days.
    package static let usualOutputRetention: Int64 = 90 * 86_400_000

    /// Opens the data folder, making it if it is new, and brings the schema up to date. The bytes that were written since
    /// they were last known to be good are read back by `proveWritten`, or by whoever needs them before that. Stopping it
    /// at any step and starting again does the same (I25).
    ///
    /// - Parameters:
    ///   - backups: the only folder that backups are written to; without one there are none.
    ///   - minimumFree: the bytes of the disk that uploads leave free; by default 1 GiB or 2 %, if that is more.
    ///   - collectionGrace: how long bytes stay that nothing needs, in milliseconds.
    ///   - outputRetention: how long differing outputs of reproductions stay, in milliseconds.
    /// - Throws: `data-folder-unusable`, `data-folder-in-use`, `database-corrupt`, `storage-full` or `schema-too-new`.
    package init(
        dataFolder: String, backups: String? = nil, minimumFree: Int64? = nil,
        collectionGrace: Int64 = usualCollectionGrace, outputRetention: Int64 = usualOutputRetention,
        jobLimits: JobLimits = JobLimits(),
        clock: @escaping @Sendable () -> Int64
    ) throws {
        lock = try DataFolderLock(dataFolder: dataFolder)
        blobs = try FileBlobStore(dataFolder: dataFolder, minimumFree: minimumFree)
        blobs.ballast.refill()
        let pool = try RegistryDatabase.open(path: dataFolder + "/meta.db")
        self.backups = backups
        database = MetadataDatabase(pool: pool, health: blobs.health, ballast: blobs.ballast)
        self.clock = clock
        self.collectionGrace = collectionGrace
        self.jobLimits = jobLimits
        self.outputRetention = outputRetention
        keys = SigningKeyFolder(dataFolder: dataFolder)
        logKeys = SigningKeyFolder(dataFolder: dataFolder, name: "log-keys")
        logHead = LogHead(path: dataFolder + "/log-head")
        webhookKey = WebhookKey(path: dataFolder + "/webhook-key")
        leaseClock = SteadyClock(clock, after: try pool.read(Self.lastHeartbeat))
        goodMark = GoodMark(path: dataFolder + "/good-mark.json")
        try requireProofSinceGoodMark()
        try discardUploads()
    }

    /// The present, in UTC milliseconds.
    package var now: Int64 { clock() }

    /// Closes the database; what was acknowledged is durable without it. The next start then has nothing to verify.
    package func close() throws {
        defer { lock.release() }
        let marking = Result { try markGood() }
        try database.pool.close()
        try marking.get()
    }
}
