import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryTypes

extension RegistryError {
    /// The RFC 9457 response that carries the error.
    func response(requestID: String) -> Response {
        let problem = Problem(self, requestID: requestID)
        let body = (try? StrictJSON.encode(problem)) ?? .init()
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if code == .unauthenticated || code == .tokenExpired { headers[.wwwAuthenticate] = "Bearer" }
        headers[.retryAfter] = details["retryAfter"] ?? code.retryAfter.map { String($0) }
        if code == .invalidRange, let size = details["size"] { headers[.contentRange] = "bytes */\(size)" }
        if let received = details["received"], !received.isEmpty { headers[.range] = "bytes=\(received)" }
        return Response(
            status: .init(code: code.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Response {
    /// A JSON document.
    ///
    /// - Parameter isSecret: whether nothing between server and client may keep it.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, isSecret: Bool = false
    ) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if isSecret { headers[.cacheControl] = "no-store" }
        return Response(
            status: status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try StrictJSON.encode(value))))
    }
}

extension Request {
    /// The body as a strict document of at most `limit` bytes.
    mutating func document<Value: Codable>(_ type: Value.Type, upTo limit: Int) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await collectBody(upTo: limit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw RegistryError(.payloadTooLarge, "a JSON body has at most \(limit) bytes here")
        }
        return try StrictJSON.decode(type, from: buffer.readableBytesView)
    }

    /// `?limit=`, 1 to 1000, by default 100.
    func limit() throws -> Int {
        guard let text = uri.queryParameters["limit"] else { return 100 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw RegistryError(.invalidRequest, "limit is a number from 1 to 1000, not \"\(text.prefix(20))\"")
        }
        return limit
    }
}
