/// The document that makes a backup one: written last, in canonical JSON, as `snapshots/<id>.json`.
public struct BackupManifest: Codable, Sendable, Equatable {
    /// Always `backup/v1`.
    public var schema = "backup/v1"
    public var id: RunID
    /// When the snapshot of the database was taken, in UTC milliseconds.
    public var createdAt: Int64
    /// The version of the program.
    public var program: String
    /// The migrations that the database has.
    public var databaseSchema: Int
    /// The snapshot of the database, which is a blob of the backup like any other.
    public var database: Digest
    public var databaseSize: Int64
    /// The blobs that the snapshot names, how many and how many bytes.
    public var blobs: Int64
    public var blobBytes: Int64
    /// The audit log at that time: its entries, and the RFC 6962 root over them.
    public var auditEntries: Int64
    public var auditRoot: Digest
    /// Blobs that the snapshot names and the backup lacks, because the store had lost them.
    public var missing: [Digest]

    /// Whether the backup holds everything that its snapshot names.
    public var isComplete: Bool { missing.isEmpty }

    /// Describes a backup.
    public init(
        id: RunID, createdAt: Int64, program: String, databaseSchema: Int, database: Digest, databaseSize: Int64,
        blobs: Int64, blobBytes: Int64, auditEntries: Int64, auditRoot: Digest, missing: [Digest]
    ) {
        self.id = id
        self.createdAt = createdAt
        self.program = program
        self.databaseSchema = databaseSchema
        self.database = database
        self.databaseSize = databaseSize
        self.blobs = blobs
        self.blobBytes = blobBytes
        self.auditEntries = auditEntries
        self.auditRoot = auditRoot
        self.missing = missing
    }
}

/// What making a backup did.
public struct BackupReport: Codable, Sendable, Equatable {
    public var manifest: BackupManifest
    /// The blobs that were not in the backup folder before.
    public var copiedBlobs: Int64
    public var copiedBytes: Int64
    /// Whether everything was read again from the backup folder.
    public var verified: Bool
    /// The older backups that were removed.
    public var removed: [RunID]

    /// Describes a backup that was made.
    public init(
        manifest: BackupManifest, copiedBlobs: Int64, copiedBytes: Int64, verified: Bool, removed: [RunID]
    ) {
        self.manifest = manifest
        self.copiedBlobs = copiedBlobs
        self.copiedBytes = copiedBytes
        self.verified = verified
        self.removed = removed
    }
}
