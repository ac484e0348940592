import GRDB
package import RegistryTypes

/// Numbers about checks and backups, for monitoring.
package struct IntegrityGauges: Sendable {
    package let corruptBlobs: Int64
    /// Seconds since the blob was hashed that was not for the longest time.
    package let oldestCheckSeconds: Int64
    /// What the scrub read since the server started.
    package let scrubbedBlobs: Int64
    package let scrubbedBytes: Int64
    /// The last check and the last backup that are done.
    package let fsck: UpkeepRecord?
    package let backup: UpkeepRecord?
}

extension ModelRegistry {
    /// Looks at what checks and backups left.
    package func integrityGauges() async throws -> IntegrityGauges {
        let (tally, now) = (scrubbed, clock())
        return try await database.read { db in
            IntegrityGauges(
                corruptBlobs: try Int64.fetchOne(db, sql: "SELECT count(*) FROM corrupt_blobs") ?? 0,
                oldestCheckSeconds: try Self.oldestCheck(db).map { max(0, now - $0) / 1000 } ?? 0,
                scrubbedBlobs: tally.blobs, scrubbedBytes: tally.bytes, fsck: try UpkeepRows.find(.fsck, db),
                backup: try UpkeepRows.find(.backup, db))
        }
    }
}
