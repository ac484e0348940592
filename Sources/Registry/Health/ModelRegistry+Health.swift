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

    /// What is stored, from totals that are kept: a scrape costs the same however much there is.
    package func gauges() async throws -> RegistryGauges {
        let store = blobs
        return try await database.read { db in
            func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            let totals = try Row.fetchAll(db, sql: "SELECT name, value FROM totals")
                .reduce(into: [String: Int64]()) { $0[$1["name"]] = $1["value"] }
            let states = ReproductionRecord.State.allCases.map { state in
                (state.rawValue, Int(totals["reproductions_\(state.rawValue)"] ?? 0))
            }
            return RegistryGauges(
                blobs: totals["blobs"] ?? 0, isDegraded: store.health.fault != nil,
                doubtedBlobs: store.health.doubted.count, freeBytes: store.reserve.free,
                blobBytes: totals["blob_bytes"] ?? 0,
                // Versions are never deleted, so the newest id is their number.
                versions: try number("SELECT coalesce(max(id), 0) FROM versions"),
                auditEntries: try number("SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries"),
                reproductions: Dictionary(uniqueKeysWithValues: states.filter { $0.1 > 0 }),
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
