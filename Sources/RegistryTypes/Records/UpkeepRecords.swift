/// Long work on the whole store: the server does it in the background, and it goes on when its client goes away.
public struct UpkeepRecord: Codable, Sendable, Equatable {
    /// What is done.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case fsck, backup
    }

    /// How far it is.
    public enum State: String, Codable, Sendable, CaseIterable {
        case queued, running, done, failed
    }

    public var id: RunID
    public var kind: Kind
    public var state: State
    /// UTC milliseconds.
    public var createdAt: Int64
    public var startedAt: Int64?
    public var endedAt: Int64?
    /// How much is done and how much there is to do, in the work's own measure; only while it runs.
    public var progress: Progress?
    /// What a check found, once it is done.
    public var fsck: FsckReport?
    /// What a backup holds, once it is done.
    public var backup: BackupReport?
    /// Why it failed.
    public var explanation: String?

    /// How far some work is.
    public struct Progress: Codable, Sendable, Equatable {
        public var done: Int64
        public var total: Int64

        /// Describes how far some work is.
        public init(done: Int64, total: Int64) {
            self.done = done
            self.total = total
        }
    }

    /// Whether it has ended, well or not.
    public var isOver: Bool { state == .done || state == .failed }

    /// Describes some work.
    public init(
        id: RunID, kind: Kind, state: State, createdAt: Int64, startedAt: Int64? = nil, endedAt: Int64? = nil
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// Asks for a check of the whole store.
public struct RequestFsck: Codable, Sendable, Equatable {
    /// Whether every blob is read and hashed; false without it.
    public var readData: Bool?

    /// Describes a check.
    public init(readData: Bool? = nil) { self.readData = readData }
}

/// Asks for a backup.
public struct RequestBackup: Codable, Sendable, Equatable {
    /// Whether everything that the backup names is read again from the backup folder; false without it.
    public var verify: Bool?
    /// How many complete backups are kept, this one included; all of them without it.
    public var keep: Int?

    /// Describes a backup.
    public init(verify: Bool? = nil, keep: Int? = nil) {
        self.verify = verify
        self.keep = keep
    }
}
