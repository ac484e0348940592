import BlobStore
import GRDB
import RegistryTypes

/// Numbers about the registry, for monitoring.
package struct RegistryGauges: Sendable {
    package let blobs: Int64
    /// Whether the store only answers reads.
    package let isDegraded: Bool
    /// Blobs that are not served because their bytes are other ones.
    package let doubtedBlobs: Int
    /// Bytes that the disk of the data folder still takes.
    package let freeBytes: Int64
    package let blobBytes: Int64
    package let versions: Int64
    package let auditEntries: Int64
    /// By state.
    package let reproductions: [String: Int]
    /// Blobs that a later collection deletes, unless somebody comes back to them.
    package let condemnedBlobs: Int64
    /// How many collections there were, and what they deleted.
    package let collections: Int64
    package let sweptBlobs: Int64
    package let sweptBytes: Int64
    /// When the last one ended, in UTC milliseconds; 0 if there was none.
    package let lastCollection: Int64
    package let removedVersions: Int64
    package let holds: Int64
}

extension ModelRegistry {
    /// Looks at the database and the disk.
    package func readiness() async throws -> Readiness {
        let schema = try await database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        let (blobs, free) = (blobs, blobs.reserve.free)
        if blobs.ballast.isSpent { try await Blocking.run { blobs.ballast.refill() } }
        var fault = blobs.health.fault
        if fault == nil, free < blobs.reserve.minimum {
            fault = RegistryError(.storageFull, "less than \(blobs.reserve.minimum) bytes are free; no files are taken")
        }
        return Readiness(
            isReady: fault == nil, reason: fault?.code, detail: fault?.message, schema: schema, freeBytes: free,
            reserveBytes: blobs.reserve.minimum)
    }

    /// Counts what is stored.
    package func gauges() async throws -> RegistryGauges {
        let store = blobs
        return try await database.read { db in
            func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            let states = try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM reproductions GROUP BY state")
            return RegistryGauges(
                blobs: try number("SELECT count(*) FROM blobs"), isDegraded: store.health.fault != nil,
                doubtedBlobs: store.health.doubted.count, freeBytes: store.reserve.free,
                blobBytes: try number("SELECT coalesce(sum(size), 0) FROM blobs"),
                versions: try number("SELECT count(*) FROM versions"),
                auditEntries: try number("SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries"),
                reproductions: Dictionary(uniqueKeysWithValues: states.map { ($0["state"], $0["n"]) }),
                condemnedBlobs: try number("SELECT count(*) FROM condemned_blobs"),
                collections: try number("SELECT epoch FROM collection_state"),
                sweptBlobs: try number("SELECT swept_blobs FROM collection_state"),
                sweptBytes: try number("SELECT swept_bytes FROM collection_state"),
                lastCollection: try number("SELECT coalesce(last_run_at, 0) FROM collection_state"),
                removedVersions: try number("SELECT count(*) FROM version_removals"),
                holds: try number("SELECT count(*) FROM holds_in_force"))
        }
    }
}
