package import BlobStore
import GRDB
import RegistryTypes

/// The product without HTTP: every operation is one function here, one transaction and one audit entry.
package struct ModelRegistry: Sendable {
    /// The metadata.
    let database: DatabasePool
    /// The bytes.
    package let blobs: FileBlobStore
    /// The present, in UTC milliseconds.
    let clock: @Sendable () -> Int64
    /// Changes with every write.
    package let generation = Generation()
    /// Wakes whoever carries out reproductions.
    package let jobs = JobQueue()
    /// What the scrub has read.
    package let scrubbed = ScrubTally()
    /// Wakes whoever carries out checks and backups, and knows how far they are.
    package let upkeep = UpkeepQueue()
    /// The only folder that backups are written to; nil where the server makes none.
    let backups: String?
    /// Held as long as the registry lives, so that no second server opens the folder.
    private let lock: DataFolderLock

    /// Opens the data folder, making it if it is new, and brings the schema up to date.
    ///
    /// Throws `data-folder-unusable`, `data-folder-in-use` or `schema-too-new`.
    ///
    /// - Parameter backups: the only folder that backups are written to; without one there are none.
    package init(dataFolder: String, backups: String? = nil, clock: @escaping @Sendable () -> Int64) throws {
        lock = try DataFolderLock(dataFolder: dataFolder)
        blobs = try FileBlobStore(dataFolder: dataFolder)
        database = try RegistryDatabase.open(path: dataFolder + "/meta.db")
        self.backups = backups
        self.clock = clock
    }

    /// Closes the database; what was acknowledged is durable without it.
    package func close() throws { try database.close() }
}
