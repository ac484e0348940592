import BlobStore
import HTTPTypes
import Hummingbird
import NIOHTTPTypes
import Registry

/// Refuses what cannot be kept before its body is sent: every write while the store is degraded, and bytes that would
/// not leave the disk its reserve.
///
/// JSON documents are small, and among them are those that make room.
struct AdmissionMiddleware: RouterMiddleware {
    let registry: ModelRegistry

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        guard ![.get, .head].contains(request.method) else { return try await next(request, context) }
        try registry.requireWritable()
        if request.headers[.contentType]?.hasPrefix("application/json") == true {
            if request.headers[.expect] != nil {
                try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
            }
            return try await next(request, context)
        }
        let size = request.headers[.contentLength].flatMap { Int64($0) } ?? 0
        guard size > 0 else { return try await next(request, context) }
        try await registry.claimRoom(for: size)
        defer { registry.blobs.reserve.release(size) }
        return try await next(request, context)
    }
}
