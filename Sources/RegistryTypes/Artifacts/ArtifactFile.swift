/// One file of an artifact: where it stands and which bytes it holds.
public struct ArtifactFile: Hashable, Sendable, Codable {
    /// How the file is written when the artifact is pulled.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// An ordinary file.
        case file
        /// An ordinary file that may be executed.
        case executable
        /// A symbolic link; the blob holds its target, as in git.
        case symlink
    }

    /// Where the file stands in the artifact.
    public let path: ArtifactPath
    /// Its length in bytes.
    public let size: Int64
    /// The digest of its bytes.
    public let sha256: Digest
    /// What the bytes are, for HTTP's Content-Type.
    public let mediaType: String
    /// How it is written when pulled.
    public let mode: Mode

    /// Describes a file.
    public init(
        path: ArtifactPath, size: Int64, sha256: Digest, mediaType: String = "application/octet-stream",
        mode: Mode = .file
    ) {
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.mediaType = mediaType
        self.mode = mode
    }
}
