import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

/// Clients that are too slow, too large or too many.
@Suite(.serialized) struct ConnectionLimitTests {
    private static func limits(_ change: (inout ConnectionLimits) -> Void) -> ConnectionLimits {
        var limits = ConnectionLimits()
        change(&limits)
        return limits
    }

    private static func fields(_ count: Int, length: Int) -> String {
        (0..<count).map { "X-\($0): \(String(repeating: "a", count: length))\r\n" }.joined()
    }

    /// The fields of a request, which has two more.
    static let headers: [(String, String, Int, String)] = [
        ("/" + String(repeating: "a", count: 8191), "", 404, "not-found"),
        ("/" + String(repeating: "a", count: 8192), "", 414, "target-too-long"),
        ("/healthz", fields(98, length: 1), 200, "ok"),
        ("/healthz", fields(99, length: 1), 431, "header-too-large"),
        ("/healthz", fields(50, length: 300), 200, "ok"),
        ("/healthz", fields(60, length: 300), 431, "header-too-large"),
        ("/healthz", fields(1, length: 100_000), 431, "header-too-large"),
    ]

    @Test func headersHaveLimits() async throws {
        try await TestServer().run { session in
            for (target, fields, status, word) in Self.headers {
                let request = "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n"
                let exchange = try await RawExchange.run(session.client.port, request)
                #expect(exchange.statuses == [status], "\(exchange.answer.prefix(300))")
                #expect(exchange.answer.contains(word) && exchange.isClosed)
            }
        }
    }

    @Test func aSlowHeaderEnds() async throws {
        try await TestServer().run(limits: Self.limits { $0.headerTime = .milliseconds(200) }) { session in
            let exchange = try await RawExchange.run(session.client.port, "GET /healthz HTTP/1.1\r\nHost: a\r\n")
            #expect(exchange.statuses == [408])
            #expect(exchange.isClosed)
            // Also behind a request that was answered.
            let second = try await RawExchange.run(
                session.client.port, ["GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"].map { Data($0.utf8) })
            #expect(second.statuses == [200, 408])
            #expect(second.isClosed)
        }
    }

    @Test func anIdleConnectionEndsWithoutAWord() async throws {
        try await TestServer().run(limits: Self.limits { $0.idleTime = .milliseconds(200) }) { session in
            let silent = try await RawExchange.run(session.client.port, "")
            #expect(silent.answer.isEmpty && silent.isClosed)
            let served = try await RawExchange.run(session.client.port, HostileRequestTests.get + "\r\n")
            #expect(served.statuses == [200] && served.isClosed)
        }
    }

    @Test func aSlowBodyEndsAndLeavesNothing() async throws {
        let server = try await TestServer()
        try await server.run(limits: Self.limits { $0.rateWindow = .seconds(1) }) { session in
            let digest = Digest.of(Data())
            let exchange = try await RawExchange.run(
                session.client.port,
                "PUT /api/v1/namespaces/demo/blobs/\(digest) HTTP/1.1\r\nHost: a\r\nContent-Length: 4096\r\n"
                    + "Authorization: Bearer \(session.tokens["pusher"] ?? "")\r\n\r\nslow")
            #expect(exchange.statuses == [408], "\(exchange.answer)")
            #expect(exchange.isClosed)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: server.folder + "/uploads")
        #expect(left.isEmpty)
    }

    /// The client writes all of its body before it reads anything, as many do.
    @Test(arguments: ["", "Connection: close\r\n"])
    func aRefusedBodyIsReadABoundedPart(connection: String) async throws {
        try await TestServer().run(limits: Self.limits { $0.drainTime = .seconds(2) }) { session in
            let size = 64 << 20
            let head =
                "PUT /api/v1/namespaces/demo/blobs/sha256:00 HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n"
                + connection + "Authorization: Bearer nonsense\r\n\r\n"
            let small = try await RawExchange.run(
                session.client.port, [Data(head.utf8) + Data(count: 256 << 10)], patience: 4)
            #expect(small.statuses == [401], "the answer reaches who sends a little more")
            #expect(small.isClosed && small.answer.contains("Connection: close"))
            let large = try await RawExchange.run(session.client.port, [Data(head.utf8) + Data(count: size)])
            #expect(large.isClosed && large.sent < 32 << 20, "\(large.sent) bytes were taken")
        }
    }

    @Test func thereAreOnlySoManyConnections() async throws {
        try await TestServer().run(limits: Self.limits { $0.connectionsPerAddress = 3 }) { session in
            let port = try #require(session.client.port)
            let before = try await RawExchange.run(port, HostileRequestTests.get + "Connection: close\r\n\r\n")
            #expect(before.statuses == [200])
            let end = ContinuousClock.now + .seconds(20)
            var open = try (0..<3).map { _ in try RawExchange.connect(port) }
            defer { for descriptor in open { close(descriptor) } }
            // A connection counts once it was accepted; one that is too many is told so.
            var refused = RawExchange(answer: "", isClosed: false, sent: 0)
            while refused.statuses != [503], ContinuousClock.now < end {
                refused = try await RawExchange.run(port, HostileRequestTests.get + "Connection: close\r\n\r\n")
            }
            #expect(refused.statuses == [503] && refused.isClosed)
            #expect(refused.answer.contains("\"code\":\"too-many-connections\""))
            #expect(refused.answer.contains("Retry-After: 1"))
            for descriptor in open { close(descriptor) }
            open = []
            var again = refused
            while again.statuses != [200], ContinuousClock.now < end {
                again = try await RawExchange.run(port, HostileRequestTests.get + "Connection: close\r\n\r\n")
            }
            #expect(again.statuses == [200])
        }
    }

    @Test func aBodyIsNoLargerBecauseItHasAKey() async throws {
        try await TestServer().run { session in
            let size = (64 << 20) + 1
            let head =
                "POST /api/v1/namespaces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
                + "Content-Length: \(size)\r\nConnection: close\r\nAuthorization: Bearer \(session.tokens["root"] ?? "")\r\n\r\n"
            let exchange = try await RawExchange.run(session.client.port, [Data(head.utf8) + Data(count: size)])
            #expect(exchange.statuses == [413], "\(exchange.answer)")
            let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
            let nested = try await session.send(.post, "namespaces", as: "root", deep)
            #expect(nested.status == .badRequest && nested.code == "invalid-json")
        }
    }

    @Test func aDocumentIsAskedForToo() async throws {
        try await TestServer().run { session in
            let body = #"{"name":"fresh"}"#
            let head =
                "POST /api/v1/namespaces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\nConnection: close\r\n"
            let asked = try await RawExchange.run(
                session.client.port,
                [head + "Authorization: Bearer \(session.tokens["root"] ?? "")\r\n\r\n", body].map { Data($0.utf8) })
            #expect(asked.statuses == [100, 201], "\(asked.answer)")
            // Nobody who may not is asked.
            let refused = try await RawExchange.run(session.client.port, head + "Authorization: Bearer x\r\n\r\n")
            #expect(refused.statuses == [401] && refused.isClosed)
        }
    }
}
