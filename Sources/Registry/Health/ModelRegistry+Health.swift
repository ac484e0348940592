import BlobStore
import Foundation
import GRDB
import Migrations
import RegistryTypes

/// Whether the registry can do its work, and what stands in the way.
package struct Readiness: Codable, Sendable {
    /// Whether reads and writes will work.
    package let isReady: Bool
    /// The migrations that the database has.
    package let schema: Int
    /// Bytes that the disk of the data folder still takes.
    package let freeBytes: Int64

    private enum CodingKeys: String, CodingKey {
        case isReady = "ready"
        case schema, freeBytes
    }
}

/// Numbers about the registry, for monitoring.
package struct RegistryGauges: Sendable {
    package let blobs: Int64
    package let blobBytes: Int64
    package let versions: Int64
    package let auditEntries: Int64
    /// By state.
    package let reproductions: [String: Int]
}

extension ModelRegistry {
    /// Less free space than this, and the server is not ready for pushes.
    private static let leastFreeBytes: Int64 = 64 << 20

    /// Looks at the database and the disk.
    package func readiness() async throws -> Readiness {
        let schema = try await database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: blobs.uploads)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        return Readiness(
            isReady: schema == Migrations.all.count && free >= Self.leastFreeBytes, schema: schema, freeBytes: free)
    }

    /// What is stored, from totals that are kept: a scrape costs the same however much there is.
    package func gauges() async throws -> RegistryGauges {
        try await database.read { db in
            func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            let totals = try Row.fetchAll(db, sql: "SELECT name, value FROM totals")
                .reduce(into: [String: Int64]()) { $0[$1["name"]] = $1["value"] }
            let states = ReproductionRecord.State.allCases.map { state in
                (state.rawValue, Int(totals["reproductions_\(state.rawValue)"] ?? 0))
            }
            return RegistryGauges(
                blobs: totals["blobs"] ?? 0, blobBytes: totals["blob_bytes"] ?? 0,
                // Versions are never deleted, so the newest id is their number.
                versions: try number("SELECT coalesce(max(id), 0) FROM versions"),
                auditEntries: try number("SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries"),
                reproductions: Dictionary(uniqueKeysWithValues: states.filter { $0.1 > 0 }))
        }
    }
}
