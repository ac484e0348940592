import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

extension Request {
    /// The part of a list that `?limit=&cursor=` asks for.
    func page() throws -> PageRequest {
        try PageRequest(limit: limit(), cursor: uri.queryParameters["cursor"].map(String.init))
    }
}

extension Response {
    /// A JSON document with its digest as ETag, or 304 without it if the client says that it has it already.
    static func json(_ value: some Encodable, unlessKnownTo request: Request) throws -> Response {
        .json(encoded: try StrictJSON.encode(value), unlessKnownTo: request)
    }

    /// The same for a document that is encoded already.
    static func json(encoded body: Data, unlessKnownTo request: Request) -> Response {
        let tag = "\"\(Digest.of(body).hex)\""
        let headers: HTTPFields = [.contentType: "application/json", .eTag: tag, .cacheControl: "private, no-cache"]
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if let known, known.contains(tag) || known.contains("*") {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
