import BlobStore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// Files of versions, as deploy scripts fetch them.
struct FileRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        for kind in CollectionKind.allCases {
            group.get("\(kind.path)/versions/:selector/files/**") { try await get(kind, $0, $1) }
            group.head("\(kind.path)/versions/:selector/files/**") { try await get(kind, $0, $1) }
            group.get("\(kind.path)/versions/:selector/SHA256SUMS") { try await checksums(kind, $0, $1) }
        }
    }

    @Sendable private func get(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let raw = context.parameters.getCatchAll().joined(separator: "/")
        guard let text = raw.removingPercentEncoding else {
            throw RegistryError(.invalidPath, "the path is not valid percent-encoded UTF-8")
        }
        let path = try ArtifactPath(text)
        let file = try await registry.openFile(
            path, of: context.versionReference(), kind: kind, as: context.requireCaller())
        var response = try await BlobResponse(
            reader: registry.blobs.open(file.digest, size: file.size), mediaType: file.mediaType,
            fileName: path.fileName, quarantine: registry.quarantine
        ).response(to: request, on: context.channel)
        response.name(version: file.version, digest: file.versionDigest)
        return response
    }

    @Sendable private func checksums(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let sums = try await registry.checksums(
            of: context.versionReference(), kind: kind, as: context.requireCaller())
        var response = Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "private, no-cache"],
            body: .init(byteBuffer: ByteBuffer(string: sums.text)))
        response.name(version: sums.version, digest: sums.versionDigest)
        return response
    }
}

extension Response {
    /// Says which version the bytes belong to: a selector such as an alias may pick another one tomorrow.
    fileprivate mutating func name(version: Int, digest: Digest) {
        if let name = HTTPField.Name("X-Assay-Version") { headers[name] = String(version) }
        if let name = HTTPField.Name("X-Assay-Version-Digest") { headers[name] = digest.description }
    }
}
