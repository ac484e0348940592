public import RegistryTypes

/// Where the bytes of a file are fetched from.
public enum BlobAddress: Sendable, Hashable {
    /// A blob that a namespace holds.
    case blob(ResourceName, Digest)
    /// A blob that a job's specification names.
    case job(RunID, Digest)
    /// A file of a version.
    case file(CollectionKind, VersionReference, ArtifactPath)

    var path: [String] {
        switch self {
        case .blob(let namespace, let digest): ["namespaces", namespace.text, "blobs", digest.description]
        case .job(let id, let digest): ["jobs", id.text, "blobs", digest.description]
        case .file(let kind, let reference, let path):
            RegistryClient.path(kind, reference) + ["files"] + path.text.split(separator: "/").map(String.init)
        }
    }
}
