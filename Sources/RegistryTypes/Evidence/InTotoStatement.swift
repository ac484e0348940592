public import Foundation

/// An in-toto Statement v1: something that is said of files, named by their digests.
public struct InTotoStatement<Predicate: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// `https://in-toto.io/Statement/v1`
    public let _type: String
    /// What it is said of.
    public let subject: [ResourceDescriptor]
    /// What kind of thing is said.
    public let predicateType: String
    /// What is said.
    public let predicate: Predicate

    /// Puts a statement together.
    public init(subject: [ResourceDescriptor], predicateType: String, predicate: Predicate) {
        _type = Self.typeName
        self.subject = subject
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// The type of the document itself.
    public static var typeName: String { "https://in-toto.io/Statement/v1" }

    /// Reads a statement whose predicate is of the expected type; unknown members are errors.
    ///
    /// Throws `integrity-failure` for any other document.
    public init(_ bytes: Data, predicateType: String) throws {
        do {
            self = try StrictJSON.decode(Self.self, from: bytes)
        } catch let error as RegistryError {
            throw RegistryError(.integrityFailure, "the statement does not follow its schema: \(error.message)")
        }
        guard _type == Self.typeName, self.predicateType == predicateType else {
            throw RegistryError(
                .integrityFailure, "this is a \(self.predicateType) in a \(_type), not the statement that was expected")
        }
    }
}

/// What a statement speaks of or refers to (in-toto ResourceDescriptor v1).
public struct ResourceDescriptor: Codable, Hashable, Sendable {
    public var name: String?
    public var uri: String?
    /// Bare hex digits by algorithm: `sha256`, `gitCommit`.
    public var digest: [String: String]?
    public var mediaType: String?
    public var annotations: [String: String]?

    /// Describes a resource.
    public init(
        name: String? = nil, uri: String? = nil, digest: [String: String]? = nil, mediaType: String? = nil,
        annotations: [String: String]? = nil
    ) {
        self.name = name
        self.uri = uri
        self.digest = digest
        self.mediaType = mediaType
        self.annotations = annotations
    }

    /// Describes bytes.
    public init(name: String, sha256: Digest, annotations: [String: String]? = nil) {
        self.init(name: name, digest: ["sha256": sha256.hex], annotations: annotations)
    }
}

extension [ResourceDescriptor] {
    /// The subjects of a statement about a version: its artifact, named by reference, then each of its files by path.
    ///
    /// - Parameter kind: `model` or `dataset`, as in references.
    package init(kind: String = "model", version: VersionReference, artifact: Digest, files: [ArtifactFile]) {
        self =
            [ResourceDescriptor(name: "\(kind):\(version)", sha256: artifact)]
            + files.map { ResourceDescriptor(name: $0.path.text, sha256: $0.sha256) }
    }
}
