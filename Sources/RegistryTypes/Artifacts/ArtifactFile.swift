/// One file of an artifact: where it stands and which bytes it holds.
public struct ArtifactFile: Hashable, Sendable {
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

extension ArtifactFile: Codable {
    private enum CodingKeys: String, CodingKey {
        case path, size, sha256, mediaType, mode
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        path = try members.decode(ArtifactPath.self, forKey: .path)
        size = try members.decode(Int64.self, forKey: .size)
        sha256 = try Digest(hex: members.decode(String.self, forKey: .sha256))
        mediaType = try members.decode(String.self, forKey: .mediaType)
        mode = try members.decode(Mode.self, forKey: .mode)
    }

    /// The member is called `sha256`, so its value is the bare digits, as in `SHA256SUMS`.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(path, forKey: .path)
        try members.encode(size, forKey: .size)
        try members.encode(sha256.hex, forKey: .sha256)
        try members.encode(mediaType, forKey: .mediaType)
        try members.encode(mode, forKey: .mode)
    }
}
