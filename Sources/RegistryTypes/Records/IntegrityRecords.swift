/// What is wrong with the stored bytes of a blob.
public enum BlobProblem: String, Codable, Sendable, CaseIterable {
    /// There is no file.
    case missing
    /// The file has another length.
    case wrongLength = "wrong-length"
    /// The bytes do not have their digest.
    case wrongBytes = "wrong-bytes"
    /// The disk does not give the bytes.
    case unreadable
}

/// A blob whose bytes are damaged or gone; they are not served until somebody pushes them again.
public struct CorruptBlob: Codable, Sendable, Equatable {
    public var sha256: Digest
    public var size: Int64
    public var problem: BlobProblem
    /// UTC milliseconds.
    public var foundAt: Int64

    /// Describes a damaged blob.
    public init(sha256: Digest, size: Int64, problem: BlobProblem, foundAt: Int64) {
        self.sha256 = sha256
        self.size = size
        self.problem = problem
        self.foundAt = foundAt
    }
}

/// How far the scrub is, which reads every blob again and again.
public struct ScrubStatus: Codable, Sendable, Equatable {
    /// Blobs that are stored, damaged ones left out.
    public var blobs: Int64
    /// When the blob was hashed that was not for the longest time, in UTC milliseconds; absent without blobs.
    public var oldestCheck: Int64?
    /// What was read since the server started.
    public var readBlobs: Int64
    public var readBytes: Int64
    /// The damaged blobs, at most 1000.
    public var corrupt: [CorruptBlob]

    /// Describes the state.
    public init(blobs: Int64, oldestCheck: Int64?, readBlobs: Int64, readBytes: Int64, corrupt: [CorruptBlob]) {
        self.blobs = blobs
        self.oldestCheck = oldestCheck
        self.readBlobs = readBlobs
        self.readBytes = readBytes
        self.corrupt = corrupt
    }
}
