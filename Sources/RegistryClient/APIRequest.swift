import Foundation
import RegistryTypes

/// One request to the API, before it is bound to a server.
struct APIRequest: Sendable {
    /// The methods that the API knows.
    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What is sent.
    enum Body: Sendable {
        case none
        case bytes(Data, type: String)
        case file(FilePieces)
    }

    var method: Method
    /// The components below the server's address, not yet percent-encoded.
    var path: [String]
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = Body.none
    /// Whether sending it twice does no more than sending it once.
    var isRepeatable: Bool

    /// A request to `/api/v1/…`.
    init(_ method: Method, _ path: [String], isRepeatable: Bool? = nil) {
        self.method = method
        self.path = ["api", "v1"] + path
        self.isRepeatable = isRepeatable ?? (method != .post)
    }

    /// The same with a JSON document as body.
    func sending(_ document: some Encodable) throws -> APIRequest {
        var request = self
        request.body = .bytes(try StrictJSON.encode(document), type: "application/json")
        return request
    }

    /// The same with an Idempotency-Key, if there is one; it may then be repeated.
    func keyed(_ key: String?) -> APIRequest {
        guard let key else { return self }
        var request = self
        request.headers.append(("Idempotency-Key", key))
        request.isRepeatable = true
        return request
    }

    /// The same with a further parameter, if it has a value.
    func asking(_ name: String, _ value: String?) -> APIRequest {
        guard let value else { return self }
        var request = self
        request.query.append((name, value))
        return request
    }

    /// The same with a further header.
    func header(_ name: String, _ value: String) -> APIRequest {
        var request = self
        request.headers.append((name, value))
        return request
    }

    /// The full address at a server.
    func address(at server: URL) -> String {
        var base = server.absoluteString
        while base.hasSuffix("/") { base.removeLast() }
        let target = base + "/" + path.map(Self.encoded).joined(separator: "/")
        guard !query.isEmpty else { return target }
        return target + "?" + query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// RFC 3986 unreserved characters stand for themselves, and the colon of digests and references, which is allowed
    /// in a path segment.
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x3A:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }
}
