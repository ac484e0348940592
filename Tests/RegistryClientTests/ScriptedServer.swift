import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RegistryClient
import Synchronization

/// A server that answers as a test says, one answer after the other, well or badly.
final class ScriptedServer: Sendable {
    /// What a request gets.
    enum Answer: Sendable {
        /// A whole answer.
        case bytes(Data, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
        /// The length of all bytes, but only so many of them; the connection breaks when `until` has an element.
        case broken(Data, after: Int, until: AsyncStream<Void>)
        /// The bytes from where the `Range` header says.
        case ranged(Data)
    }

    private let script: Mutex<[Answer]>
    /// The heads of the requests that came.
    let requests = Mutex<[HTTPRequest]>([])

    init(_ script: [Answer]) { self.script = Mutex(script) }

    /// Runs the server while `test` runs, with a client whose waits are counted and not waited for.
    func run(
        attempts: Int = 4, _ test: @escaping @Sendable (RegistryClient, Waits) async throws -> Void
    ) async throws {
        let router = Router()
        for method in [HTTPRequest.Method.get, .head, .put, .post] {
            router.on("**", method: method) { request, _ in self.answer(request) }
        }
        try await Application(router: router).test(.live) { session in
            let waits = Waits()
            let url = URL(string: "http://127.0.0.1:\(session.port ?? 0)")
            let client = try RegistryClient(
                url: url ?? URL(filePath: "/"), token: nil,
                retries: RetryPolicy(attempts: attempts) { wait in waits.all.withLock { $0.append(wait) } })
            try await test(client, waits)
        }
    }

    /// The waits that the client would have made.
    final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
    }

    private func answer(_ request: Request) -> Response {
        requests.withLock { $0.append(request.head) }
        let next = script.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        switch next {
        case .bytes(let data, let status, let headers):
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
        case .ranged(let data):
            let range = request.headers[.range].flatMap { try? /bytes=(\d+)-/.wholeMatch(in: $0) }
            let start = range.flatMap { Int($0.1) } ?? 0
            return Response(
                status: start > 0 ? .partialContent : .ok,
                headers: start > 0 ? [.contentRange: "bytes \(start)-\(data.count - 1)/\(data.count)"] : [:],
                body: .init(byteBuffer: ByteBuffer(bytes: data.dropFirst(start))))
        case .broken(let data, let after, let until):
            return Response(
                status: .ok,
                body: ResponseBody(contentLength: data.count) { writer in
                    try await writer.write(ByteBuffer(bytes: data.prefix(after)))
                    for await _ in until { break }
                    throw CancellationError()
                })
        case nil:
            return Response(status: .internalServerError)
        }
    }
}
