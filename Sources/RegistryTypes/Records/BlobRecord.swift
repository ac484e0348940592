/// Bytes that a namespace holds.
public struct BlobRecord: Codable, Sendable, Equatable {
    public var sha256: Digest
    public var size: Int64

    /// Describes a blob.
    public init(sha256: Digest, size: Int64) {
        self.sha256 = sha256
        self.size = size
    }
}
