import BlobStore
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import RegistryTypes

/// The body of an upload, hashed and written while it comes in; a few MiB stand in memory.
struct ReceivedUpload {
    /// The bytes, not yet published.
    let upload: BlobUpload
    /// Their declared length, which they have.
    let size: Int64

    /// Receives a body; call it when everything else about the request is known to be right.
    ///
    /// Throws `length-required` or `length-mismatch`. The caller abandons the upload unless it publishes it.
    static func receive(
        _ request: Request, into store: FileBlobStore, _ context: RegistryRequestContext
    ) async throws -> ReceivedUpload {
        let size = try declaredSize(request)
        guard request.headers[.contentRange] == nil else {
            throw RegistryError(
                .invalidRequest, "a part of a file is sent to an upload session; this route takes whole files")
        }
        let upload = try store.beginUpload()
        do {
            try await receive(request, size: size, context) { try upload.write($0) }
        } catch {
            upload.abandon()
            throw error
        }
        return ReceivedUpload(upload: upload, size: size)
    }

    /// Takes in a body piece by piece, off the event loop; every route that receives bytes does it here.
    ///
    /// Throws `length-mismatch` for more bytes than were declared. A body that ends early may do so without an error.
    static func receive(
        _ request: Request, size: Int64, _ context: RegistryRequestContext,
        write: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        // Asked for only now: a client that waits for it has not sent a body that would be refused.
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        }
        try await withTaskExecutorPreference(UploadThreads.shared) {
            try await pass(request.body, size: size, to: write)
        }
    }

    /// `@concurrent`, so that it moves to the preferred threads before the first byte.
    @concurrent private static func pass(
        _ body: RequestBody, size: Int64, to write: @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        var received: Int64 = 0
        for try await buffer in body {
            received += Int64(buffer.readableBytes)
            guard received <= size else {
                throw RegistryError(.lengthMismatch, "more bytes were sent than the Content-Length of \(size)")
            }
            try buffer.withUnsafeReadableBytes(write)
        }
    }

    /// The length that the request declares; throws `length-required`.
    static func declaredSize(_ request: Request) throws -> Int64 {
        guard let size = request.headers[.contentLength].flatMap({ Int64($0) }), size >= 0 else {
            throw RegistryError(.lengthRequired, "an upload needs its Content-Length")
        }
        return size
    }
}
