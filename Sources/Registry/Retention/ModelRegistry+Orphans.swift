import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// Files that no row names: what a crash left between a file and its row, in either order (invariant I17).
extension ModelRegistry {
    /// Those that are older than a time: at their place, and already put aside.
    func orphans(before time: Int64) async throws -> [GarbageReport.Orphan] {
        let (store, database) = (blobs, database.pool)
        var found: [GarbageReport.Orphan] = []
        for byte in UInt8.min...UInt8.max {
            try Task.checkCancellation()
            found += try await Blocking.inBackground {
                let files = try store.files(startingWith: byte, before: time)
                guard !files.isEmpty else { return [] }
                return try database.read { db in try files.filter { try !BlobRows.isClaimed($0.sha256, db) } }
                    .map { .init($0, .putAside) }
            }
        }
        return try await found
            + Blocking.inBackground { try store.filesAside(before: time).map { .init($0, .deleted) } }
    }

    /// Puts orphans aside, and deletes those that nobody missed since they were.
    func putAway(_ orphans: [GarbageReport.Orphan], at now: Int64) async throws {
        let (store, database) = (blobs, database.pool)
        for orphan in orphans {
            try mayGoOn()
            try await Blocking.inBackground {
                @Sendable func hasRow() throws -> Bool {
                    try database.read { try BlobRows.isClaimed(orphan.sha256, $0) }
                }
                switch orphan.outcome {
                case .putAside:
                    _ = try store.putAside(orphan.sha256, at: now, unless: hasRow)
                    FailurePoint.blobFilePutAside.reached()
                case .deleted: _ = try store.deleteAside(orphan.sha256, unless: hasRow)
                }
            }
        }
    }
}

extension GarbageReport.Orphan {
    fileprivate init(_ file: BlobRecord, _ outcome: Outcome) {
        self.init(sha256: file.sha256, size: file.size, outcome: outcome)
    }
}
