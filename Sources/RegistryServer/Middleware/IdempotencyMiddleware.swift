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
    private static let largestBody = 64 << 20

    /// Whether a path is one of bytes or of a log, which are streamed: `/api/v1/namespaces/<name>/blobs/…`.
    private static func carriesBytes(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.count > 4 && ["namespaces", "jobs"].contains(parts[2])
            && ["blobs", "uploads", "log"].contains(parts[4])
    }

    /// Whether a path is one of pushes, which name up to 100,000 files.
    private static func takesLargeBody(_ path: String) -> Bool {
        path.hasSuffix("/versions") || path.hasSuffix("/result")
    }

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name],
            [.post, .put].contains(request.method), !Self.carriesBytes(request.uri.path)
        else { return try await next(request, context) }
        var (request, context) = (request, context)
        let limit = Self.takesLargeBody(request.uri.path) ? Self.largestBody : context.maxUploadSize
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RegistryError(.payloadTooLarge, "a JSON body has at most \(limit) bytes here")
        }
        request.body = RequestBody(buffer: body)
        var hash = SHA256()
        hash.update(data: Array("\(request.method) \(request.uri.path)\n".utf8))
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        context.caller?.idempotency = try .init(key: key, digest: Digest(bytes: Array(hash.finalize())))
        return try await next(request, context)
    }
}
