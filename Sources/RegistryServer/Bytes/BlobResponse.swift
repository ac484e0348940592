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
    /// Bytes read and sent at a time, and all that a download holds in memory.
    private static let piece = 1 << 19

    let reader: BlobReader
    let mediaType: String
    /// The name that a browser saves the file under.
    let fileName: String

    /// The response to a GET or HEAD request that came over a channel.
    func response(to request: Request, on channel: any Channel) throws -> Response {
        let etag = "\"\(reader.digest)\""
        var headers: HTTPFields = [
            .eTag: etag, .acceptRanges: "bytes", .contentType: mediaType, .cacheControl: "private, no-cache",
        ]
        let base64 = Data(reader.digest.bytes).base64EncodedString()
        if let name = HTTPField.Name("Repr-Digest") { headers[name] = "sha-256=:\(base64):" }
        if let name = HTTPField.Name("X-Content-Type-Options") { headers[name] = "nosniff" }
        let encoded = fileName.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "file"
        headers[.contentDisposition] = "attachment; filename*=UTF-8''\(encoded)"
        if let known = request.headers[.ifNoneMatch], Self.matches(known, etag) {
            return Response(status: .notModified, headers: headers)
        }
        var range = try ByteRange(request.headers[.range], size: reader.size)
        // A part of another representation would be a wrong file.
        if let condition = request.headers[.ifRange], condition != etag { range = .whole }
        guard case .part(let part) = range else {
            return Response(status: .ok, headers: headers, body: body(0..<reader.size, channel))
        }
        headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(reader.size)"
        return Response(status: .partialContent, headers: headers, body: body(part, channel))
    }

    private static func matches(_ header: String, _ etag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let tag = candidate.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == etag || tag == "W/" + etag
        }
    }

    /// Sends piece after piece, each when the one before is with the kernel. The response's own writer would not do: it
    /// takes pieces as long as the event loop has not come to look, and a fast disk fills the memory with them.
    private func body(_ range: Range<Int64>, _ channel: any Channel) -> ResponseBody {
        let reader = reader
        return ResponseBody(contentLength: Int(range.count)) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let length = Int(min(Int64(Self.piece), range.upperBound - position))
                let start = position
                let buffer = try await NIOThreadPool.singleton.runIfActive {
                    var buffer = ByteBuffer()
                    try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
                        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: target.prefix(length)), at: start)
                    }
                    return buffer
                }
                position += Int64(buffer.readableBytes)
                try await channel.writeAndFlush(HTTPResponsePart.body(buffer))
            }
            try await writer.finish(nil)
        }
    }
}
