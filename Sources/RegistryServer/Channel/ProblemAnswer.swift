import Foundation
import NIOCore
import NIOHTTP1
import RegistryTypes

/// An answer below the routes: a problem document, after which the connection is closed.
struct ProblemAnswer {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer

    init(_ error: RegistryError) {
        let data = (try? StrictJSON.encode(Problem(error, requestID: ""))) ?? Data()
        status = HTTPResponseStatus(statusCode: error.code.status)
        body = ByteBuffer(bytes: data)
        var headers: HTTPHeaders = [
            "Content-Type": "application/problem+json", "Content-Length": String(data.count), "Connection": "close",
        ]
        if let seconds = error.code.retryAfter { headers.add(name: "Retry-After", value: String(seconds)) }
        self.headers = headers
    }
}
