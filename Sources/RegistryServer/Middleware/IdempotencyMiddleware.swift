import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

import struct Crypto.SHA256

/// Binds a write with an `Idempotency-Key` to its method, path and body, so that the operation is done once.
///
/// Uploads of bytes are left alone: their digest makes them repeatable anyway.
struct IdempotencyMiddleware: RouterMiddleware {
    /// The largest JSON body that any route takes.
    static let largestBody = 64 << 20

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name],
            [.post, .put].contains(request.method), !Self.carriesBytes(request)
        else { return try await next(request, context) }
        var (request, context) = (request, context)
        let body = try await request.body.collect(upTo: Self.largestBody)
        request.body = RequestBody(buffer: body)
        var hash = SHA256()
        hash.update(data: Array("\(request.method) \(request.uri.path)\n".utf8))
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        context.caller?.idempotency = try .init(key: key, digest: Digest(bytes: Array(hash.finalize())))
        return try await next(request, context)
    }

    /// Whether the route is one below `/api/v1/namespaces/<namespace>/` or `/api/v1/jobs/<id>/` that takes bytes.
    private static func carriesBytes(_ request: Request) -> Bool {
        let segments = request.uri.path.split(separator: "/")
        return segments.count > 5 && ["namespaces", "jobs"].contains(segments[2])
            && ["blobs", "uploads"].contains(segments[4])
    }
}
