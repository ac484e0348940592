import Foundation
import RegistryTypes

/// What is read of a container image's documents (OCI image specification 1.1; Docker's manifest version 2 schema 2 has the
/// same members).
enum ImageManifest {
    /// A blob that a document names.
    struct Descriptor: Decodable, Sendable {
        struct Platform: Decodable, Sendable {
            var os: String
            var architecture: String
        }

        var digest: Digest
        var size: Int64
        var platform: Platform?
    }

    /// The manifest of one image.
    struct Single: Sendable {
        var config: Descriptor
        var layers: [Descriptor]
    }

    /// One image, or one for each platform.
    case single(Single)
    case index([Descriptor])

    /// The longest document that is read, in bytes.
    static let longest = 4 << 20
    private static let mostLayers = 512

    private struct Document: Decodable {
        var schemaVersion: Int
        var config: Descriptor?
        var layers: [Descriptor]?
        var manifests: [Descriptor]?
    }

    /// Parses a manifest or an index; throws `RootError.notAcceptable` for anything else.
    init(_ bytes: Data) throws(RootError) {
        guard bytes.count <= Self.longest, let document = try? JSONDecoder().decode(Document.self, from: bytes),
            document.schemaVersion == 2
        else { throw .notAcceptable("its manifest is none that Assay reads: OCI or Docker schema 2") }
        switch (document.config, document.layers, document.manifests) {
        case (let config?, let layers?, nil) where layers.count <= Self.mostLayers:
            self = .single(Single(config: config, layers: layers))
        case (nil, nil, let manifests?): self = .index(manifests)
        default: throw .notAcceptable("its manifest is not that of one image nor a list of them")
        }
    }
}

/// The part of an image's configuration that says what its layers are; how to start it is not read.
struct ImageConfiguration: Decodable {
    struct Layers: Decodable {
        /// The digests of the layers before they were compressed.
        var diffIDs: [Digest]

        enum CodingKeys: String, CodingKey {
            case diffIDs = "diff_ids"
        }
    }

    var os: String
    var architecture: String
    var rootfs: Layers
}

/// The platform of this machine, in the words of images.
enum ImagePlatform {
    static let os = "linux"

    static var architecture: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        let machine = withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ["x86_64": "amd64", "aarch64": "arm64"][machine] ?? machine
    }
}
