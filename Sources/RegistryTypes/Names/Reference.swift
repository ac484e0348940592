/// A reference to anything that lineage knows, with its kind in front where several are possible.
public enum Reference: Hashable, Sendable, CustomStringConvertible {
    /// `model:ns/name:12`, or the same without `model:`.
    case model(VersionReference)
    /// `dataset:ns/name:3`
    case dataset(VersionReference)
    /// `run:<id>`
    case run(RunID)
    /// `commit:<full hash>`
    case commit(GitCommit)
    /// `image:<digest>`
    case image(Digest)

    /// Parses a reference; without a kind it names a model version.
    public init(_ text: some StringProtocol) throws {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, !parts[0].contains("/") else {
            self = .model(try VersionReference(text))
            return
        }
        switch parts[0] {
        case "model": self = .model(try VersionReference(parts[1]))
        case "dataset": self = .dataset(try VersionReference(parts[1]))
        case "run": self = .run(try RunID(parts[1]))
        case "commit": self = .commit(try GitCommit(parts[1]))
        case "image": self = .image(try Digest(parts[1]))
        default:
            throw RegistryError(
                .invalidReference,
                "\"\(text.prefix(200))\" is not a reference: use ns/name:12, ns/name:production, ns/name@sha256:…, or "
                    + "model:, dataset:, run:, commit: or image: in front")
        }
    }

    /// The text that `init` parses, always with the kind.
    public var description: String {
        switch self {
        case .model(let reference): "model:\(reference)"
        case .dataset(let reference): "dataset:\(reference)"
        case .run(let id): "run:\(id)"
        case .commit(let commit): "commit:\(commit)"
        case .image(let digest): "image:\(digest)"
        }
    }
}

extension Reference: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
