import BlobStore
import Foundation
import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Files of versions, as deploy scripts fetch them.
struct FileRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("models/:namespace/:name/versions/:selector/files/**", use: get)
        group.head("models/:namespace/:name/versions/:selector/files/**", use: get)
    }

    @Sendable func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let raw = context.parameters.getCatchAll().joined(separator: "/")
        guard let text = raw.removingPercentEncoding else {
            throw RegistryError(.invalidPath, "the path is not valid percent-encoded UTF-8")
        }
        let path = try ArtifactPath(text)
        let file = try await registry.openFile(
            path, of: context.versionReference(), as: context.requireCaller())
        var response = try BlobResponse(
            reader: registry.blobs.open(file.digest, size: file.size), mediaType: file.mediaType,
            fileName: path.fileName
        ).response(to: request)
        if let name = HTTPField.Name("X-Assay-Version") { response.headers[name] = String(file.version) }
        if let name = HTTPField.Name("X-Assay-Version-Digest") {
            response.headers[name] = file.versionDigest.description
        }
        return response
    }
}
