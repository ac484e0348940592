import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// Files that no row names: what a crash left between a file and its row, in either order (invariant I17).
extension ModelRegistry {
    /// Those that are older than a time: at their place, and already put aside.
    func orphans(before time: Int64) async throws -> [GarbageReport.Orphan] {
        let (store, database) = (blobs, database)
        return try await Blocking.run {
            var found: [GarbageReport.Orphan] = []
            for byte in UInt8.min...UInt8.max {
                let files = try store.files(startingWith: byte, before: time)
                guard !files.isEmpty else { continue }
                let known = try database.read { db in
                    try files.filter { try BlobRows.exists($0.sha256, db) }.map(\.sha256)
                }
                let orphans = Set(files.map(\.sha256)).subtracting(known)
                found += files.filter { orphans.contains($0.sha256) }.map { .init($0, .putAside) }
            }
            return try found + store.filesAside(before: time).map { .init($0, .deleted) }
        }
    }

    /// Puts orphans aside, and deletes those that nobody missed since they were.
    func putAway(_ orphans: [GarbageReport.Orphan], at now: Int64) async throws {
        let (store, database) = (blobs, database)
        for orphan in orphans {
            try mayGoOn()
            try await Blocking.run {
                @Sendable func hasRow() throws -> Bool { try database.read { try BlobRows.exists(orphan.sha256, $0) } }
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
