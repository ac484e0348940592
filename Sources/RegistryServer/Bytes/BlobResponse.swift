import BlobStore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import NIOPosix
import RegistryTypes

/// Sends a blob: ETag and Repr-Digest from its digest, conditional requests, one range, big reads off the event loop.
struct BlobResponse {
    /// Bytes read and sent at a time; a download holds two pieces in memory at most.
    private static let piece = 1 << 19

    let reader: BlobReader
    let mediaType: String
    /// The name that a browser saves the file under.
    let fileName: String
    /// Takes bytes out of service that turn out damaged while they are sent.
    let quarantine: @Sendable (BlobReader) async throws -> Void

    /// The response to a GET or HEAD request that came over a channel.
    func response(to request: Request, on channel: any Channel) async throws -> Response {
        let etag = "\"\(reader.digest)\""
        var headers: HTTPFields = [
            .eTag: etag, .acceptRanges: "bytes", .contentType: mediaType, .cacheControl: "private, no-cache",
        ]
        let base64 = Data(reader.digest.bytes).base64EncodedString()
        if let name = HTTPField.Name("Repr-Digest") { headers[name] = "sha-256=:\(base64):" }
        let encoded = fileName.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "file"
        headers[.contentDisposition] = "attachment; filename*=UTF-8''\(encoded)"
        if let known = request.headers[.ifNoneMatch], Self.matches(known, etag) {
            return Response(status: .notModified, headers: headers)
        }
        var range = try ByteRange(request.headers[.range], size: reader.size)
        // A part of another representation would be a wrong file.
        if let condition = request.headers[.ifRange], condition != etag { range = .whole }
        guard case .part(let part) = range else {
            return Response(status: .ok, headers: headers, body: try await whole(of: request, channel))
        }
        // A part cannot be compared with the digest.
        if reader.isUnproven { try await prove() }
        headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(reader.size)"
        return Response(status: .partialContent, headers: headers, body: body(part, channel))
    }

    private static func matches(_ header: String, _ etag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let tag = candidate.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == etag || tag == "W/" + etag
        }
    }

    /// Everything, hashed on the way unless it was lately: the last piece is held back until the digest agrees, so that
    /// wrong bytes never look like a complete answer. What is one piece is hashed before the head is sent.
    private func whole(of request: Request, _ channel: any Channel) async throws -> ResponseBody {
        let (reader, read) = (reader, VerifiedRead(reader))
        if reader.size <= Self.piece, request.method != .head || read.isHashing {
            return ResponseBody(byteBuffer: try await piece(of: read, Int(reader.size)))
        }
        return ResponseBody(contentLength: Int(reader.size)) { writer in
            // The next piece is read and hashed while this one is sent.
            var ready = try await piece(of: read, Self.piece)
            while !read.isComplete {
                async let next = piece(of: read, Self.piece)
                try await channel.writeAndFlush(HTTPResponsePart.body(ready))
                ready = try await next
            }
            try await channel.writeAndFlush(HTTPResponsePart.body(ready))
            try await writer.finish(nil)
        }
    }

    private func prove() async throws {
        let read = VerifiedRead(reader)
        while !read.isComplete { _ = try await piece(of: read, Self.piece) }
    }

    private func piece(of read: VerifiedRead, _ length: Int) async throws -> ByteBuffer {
        do {
            return try await Self.fill(length) { try read.read(into: $0) }
        } catch let error as RegistryError where error.code == .blobCorrupt {
            try await quarantine(reader)
            throw error
        }
    }

    /// Sends piece after piece, each when the one before is with the kernel. The response's own writer would not do: it
    /// takes pieces as long as the event loop has not come to look, and a fast disk fills the memory with them.
    private func body(_ range: Range<Int64>, _ channel: any Channel) -> ResponseBody {
        let reader = reader
        return ResponseBody(contentLength: Int(range.count)) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let start = position
                let length = Int(min(Int64(Self.piece), range.upperBound - position))
                let buffer = try await Self.fill(length) { try reader.read(into: $0, at: start) }
                position += Int64(buffer.readableBytes)
                try await channel.writeAndFlush(HTTPResponsePart.body(buffer))
            }
            try await writer.finish(nil)
        }
    }

    /// Reads up to so many bytes away from the event loop.
    private static func fill(
        _ length: Int, _ read: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws -> Int
    ) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive {
            var buffer = ByteBuffer()
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
                try read(UnsafeMutableRawBufferPointer(rebasing: target.prefix(length)))
            }
            return buffer
        }
    }
}
