/// The request to open an upload session.
public struct CreateUpload: Codable, Sendable, Equatable {
    public var sha256: Digest
    public var size: Int64

    /// Announces bytes.
    public init(sha256: Digest, size: Int64) {
        self.sha256 = sha256
        self.size = size
    }
}

/// An upload session, or what stands in its place where the namespace holds the bytes already.
public struct UploadRecord: Codable, Sendable, Equatable {
    /// Where ranges are sent to; absent where nothing has to be sent.
    public var id: RunID?
    public var sha256: Digest
    public var size: Int64
    /// What the server holds durably, in order and not touching each other.
    public var received: [ByteExtent]
    /// How many bytes a range should have.
    public var partSize: Int64
    /// When the session ends unless more comes, in UTC milliseconds.
    public var expiresAt: Int64?
    /// Whether the namespace holds the bytes; nothing is left to do then.
    public var complete: Bool

    /// Describes a session.
    public init(
        id: RunID?, sha256: Digest, size: Int64, received: [ByteExtent], partSize: Int64, expiresAt: Int64?,
        complete: Bool
    ) {
        self.id = id
        self.sha256 = sha256
        self.size = size
        self.received = received
        self.partSize = partSize
        self.expiresAt = expiresAt
        self.complete = complete
    }
}
