package import RegistryTypes

/// Whether the registry can do its work, and what stands in the way.
package struct Readiness: Codable, Sendable {
    /// Whether reads and writes will work.
    package let isReady: Bool
    /// The code of what stands in the way: `store-degraded`, `database-corrupt` or `storage-full`.
    package let reason: ErrorCode?
    /// The same in a sentence.
    package let detail: String?
    /// The migrations that the database has.
    package let schema: Int
    /// Bytes that the disk of the data folder still takes.
    package let freeBytes: Int64
    /// Bytes of them that uploads leave free.
    package let reserveBytes: Int64

    private enum CodingKeys: String, CodingKey {
        case isReady = "ready"
        case reason, detail, schema, freeBytes, reserveBytes
    }
}
