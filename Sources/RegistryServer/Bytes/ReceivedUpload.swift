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
        // Asked for only now: a client that waits for it has not sent a body that would be refused.
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        }
        let upload = try store.beginUpload()
        do {
            try await withTaskExecutorPreference(UploadThreads.shared) {
                try await write(request.body, to: upload, size: size)
            }
        } catch {
            upload.abandon()
            throw error
        }
        return ReceivedUpload(upload: upload, size: size)
    }

    /// `@concurrent`, so that it moves to the preferred threads before the first byte.
    @concurrent private static func write(_ body: RequestBody, to upload: BlobUpload, size: Int64) async throws {
        for try await buffer in body {
            guard upload.size + Int64(buffer.readableBytes) <= size else {
                throw RegistryError(.lengthMismatch, "more bytes were sent than the Content-Length of \(size)")
            }
            try buffer.withUnsafeReadableBytes { try upload.write($0) }
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
