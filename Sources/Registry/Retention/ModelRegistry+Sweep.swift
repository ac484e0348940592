import AuditLog
import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// The two phases. No transaction touches more than a batch of rows, so that writes in the foreground do not wait.
extension ModelRegistry {
    /// The most blobs that are deleted in one transaction; their digests fit into one audit entry.
    static let sweepBatch = 32
    /// The most rows that are noted in one transaction.
    static let bookBatch = 100

    /// Condemns what has no reason to stay any more, and revives what has one again (invariant I14: mark).
    func mark(_ plan: CollectionPlan) async throws {
        let epoch = plan.epoch
        for batch in plan.condemned.batches(of: Self.bookBatch) {
            try mayGoOn()
            try await keepBooks { db, _ in
                for blob in batch {
                    try db.cachedStatement(
                        sql: "INSERT INTO condemned_blobs (digest, epoch) VALUES (?, ?) ON CONFLICT DO NOTHING"
                    ).execute(arguments: [Data(blob.sha256.bytes), epoch])
                }
            }
            FailurePoint.blobsCondemned.reached()
        }
        for batch in plan.revived.batches(of: Self.bookBatch) {
            try mayGoOn()
            try await keepBooks { db, _ in
                for blob in batch {
                    try db.cachedStatement(sql: "DELETE FROM condemned_blobs WHERE digest = ?")
                        .execute(arguments: [Data(blob.sha256.bytes)])
                }
            }
        }
    }

    /// Deletes what was condemned in an earlier epoch: the rows, durably, then the files (invariants I14, I15: sweep).
    func sweep(_ plan: inout CollectionPlan, as caller: Caller) async throws {
        for batch in plan.swept.batches(of: Self.sweepBatch) {
            try mayGoOn()
            let (deleted, revived) = try await deleteRows(of: batch, inEpoch: plan.epoch, at: plan.time, as: caller)
            FailurePoint.blobRowsDeleted.reached()
            for (blob, reason) in revived { plan.revive(blob, reason: reason) }
            try await removeFiles(of: deleted)
        }
    }

    /// Deletes the rows that still nothing needs; returns them, and the others with the reason that they have now.
    private func deleteRows(
        of blobs: [BlobRecord], inEpoch epoch: Int, at time: Int64, as caller: Caller
    ) async throws -> (deleted: [BlobRecord], revived: [(BlobRecord, String)]) {
        let grace = collectionGrace
        let entry = AuditEntry("blob.collect", namespace: nil, object: "server")
        return try await write(caller, refusedAs: entry) { db, _ in
            var deleted: [BlobRecord] = []
            var revived: [(BlobRecord, String)] = []
            for blob in blobs {
                if let reason = try Self.presentReason(for: blob.sha256, epoch, at: time, grace: grace, db) {
                    revived.append((blob, reason))
                } else {
                    try BlobRows.delete(blob.sha256, db)
                    deleted.append(blob)
                }
            }
            guard !deleted.isEmpty else { return Written(unchanged: ([], revived)) }
            try Self.count(deleted, db)
            var entry = entry
            entry.after = [
                "epoch": .integer(epoch), "blobs": .array(deleted.map { .string($0.sha256.description) }),
            ]
            return Written((deleted, revived), entry)
        }
    }

    /// Why a blob stays after all: it is needed, or somebody came back to it since it was condemned.
    private static func presentReason(
        for digest: Digest, _ epoch: Int, at time: Int64, grace: Int64, _ db: Database
    ) throws -> String? {
        if let reason = try BlobKeeper.reason(for: digest, at: time, grace: grace, db) { return reason }
        let isCondemned = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM condemned_blobs WHERE digest = ? AND epoch < ?)"),
            arguments: [Data(digest.bytes), epoch])
        return isCondemned == true ? nil : "lease"
    }

    private static func count(_ deleted: [BlobRecord], _ db: Database) throws {
        try db.execute(
            sql: "UPDATE collection_state SET swept_blobs = swept_blobs + ?, swept_bytes = swept_bytes + ?",
            arguments: [deleted.count, deleted.reduce(0) { $0 + $1.size }])
    }

    /// Unlinks files whose rows are gone, except those whose row came back meanwhile.
    private func removeFiles(of deleted: [BlobRecord]) async throws {
        guard !deleted.isEmpty else { return }
        let (store, database) = (blobs, database.pool)
        try await Blocking.inBackground {
            for blob in deleted {
                _ = try store.remove(blob.sha256) { try database.read { try BlobRows.isClaimed(blob.sha256, $0) } }
                FailurePoint.blobFileRemoved.reached()
            }
        }
    }
}
