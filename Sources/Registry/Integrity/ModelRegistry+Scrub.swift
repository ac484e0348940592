import AuditLog
import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Told after each piece that was read, with its length: waits as long as the rate demands.
    package typealias Pace = @Sendable (_ bytes: Int) async throws -> Void

    /// Bytes that the scrub reads at a time, and after which it notes how far it is.
    private static let scrubPiece = 4 << 20
    private static let scrubBatch: Int64 = 1 << 30

    /// Reads the blobs whose last check is the oldest from the disk, and quarantines what is damaged (invariant I19).
    ///
    /// Ends after a GiB or 64 blobs; returns how many blobs were read, 0 when none is due.
    package func scrub(checkedBefore limit: Int64, pace: Pace) async throws -> Int {
        let due = try await database.read { try Self.dueBlobs(checkedBefore: limit, $0) }
        var checked: [Digest] = []
        var bytes: Int64 = 0
        for blob in due where bytes < Self.scrubBatch {
            try Task.checkCancellation()
            if let damage = try await damage(of: blob, pace: pace) { try await quarantine(blob.sha256, damage) }
            checked.append(blob.sha256)
            bytes += blob.size
            scrubbed.addBlob()
        }
        guard !checked.isEmpty else { return 0 }
        return try await keepBooks { [checked] db, now in
            let statement = try db.cachedStatement(sql: "UPDATE blob_checks SET checked_at = ? WHERE digest = ?")
            for digest in checked { try statement.execute(arguments: [now, Data(digest.bytes)]) }
            return checked.count
        }
    }

    /// Reads a blob from the disk; nil if it is as it was stored.
    func damage(of blob: BlobRecord, pace: Pace) async throws -> FileBlobStore.Damage? {
        let (store, tally) = (blobs, scrubbed)
        if let damage = store.damage(of: blob.sha256, size: blob.size) { return damage }
        let reader: BlobReader
        do {
            reader = try store.open(blob.sha256, size: blob.size)
        } catch let error as RegistryError where error.code == .blobCorrupt {
            return store.damage(of: blob.sha256, size: blob.size) ?? FileBlobStore.Damage(.unreadable, nil)
        }
        let read = VerifiedRead(reader, fromDisk: true)
        do {
            repeat {
                let count = try await Blocking.inBackground { try read.advance(by: Self.scrubPiece) }
                tally.add(bytes: count)
                try await pace(count)
            } while !read.isComplete
            return nil
        } catch let error as RegistryError where error.code == .blobCorrupt {
            return FileBlobStore.Damage(read.isComplete ? .wrongBytes : .unreadable, reader.identity)
        }
    }

    /// What the scrub has done and found.
    package func scrubStatus(as caller: Caller) async throws -> ScrubStatus {
        let refusal = AuditEntry("scrub.show", namespace: nil, object: "server")
        let tally = scrubbed
        return try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT digest, size, problem, found_at FROM corrupt_blobs JOIN blobs USING (digest) LIMIT 1000")
            return ScrubStatus(
                blobs: try Int64.fetchOne(
                    db, sql: "SELECT (SELECT count(*) FROM blobs) - (SELECT count(*) FROM corrupt_blobs)") ?? 0,
                oldestCheck: try Self.oldestCheck(db), readBlobs: tally.blobs, readBytes: tally.bytes,
                corrupt: try rows.map { row in
                    CorruptBlob(
                        sha256: try row.digest("digest"), size: row["size"], problem: try row.choice("problem"),
                        foundAt: row["found_at"])
                })
        }
    }

    /// When the blob was hashed that was not for the longest time.
    static func oldestCheck(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT checked_at FROM blob_checks WHERE digest NOT IN (SELECT digest FROM corrupt_blobs)
                ORDER BY checked_at LIMIT 1
                """)
    }

    private static func dueBlobs(checkedBefore limit: Int64, _ db: Database) throws -> [BlobRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT digest, size FROM blob_checks JOIN blobs USING (digest)
                    WHERE checked_at < ? AND digest NOT IN (SELECT digest FROM corrupt_blobs)
                    ORDER BY checked_at LIMIT 64
                    """), arguments: [limit]
        ).map { BlobRecord(sha256: try $0.digest("digest"), size: $0["size"]) }
    }
}
