import BlobStore
import Foundation
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

/// Requests that no honest client sends, over raw sockets.
@Suite(.serialized) struct HostileRequestTests {
    static let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n"
    static let post = "POST /healthz HTTP/1.1\r\nHost: a\r\n"
    static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

    /// Shapes in which two readers could see two requests, or one could see none.
    static let shapes: [String: String] = [
        "length and chunked": post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunked and length": post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "two lengths": post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "the same length twice": post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "a list of lengths": post + "Content-Length: 5, 5\r\n\r\nhello",
        "a signed length": post + "Content-Length: +5\r\n\r\nhello",
        "a negative length": post + "Content-Length: -1\r\n\r\nhello",
        "an empty length": post + "Content-Length: \r\n\r\nhello",
        "a length beyond 64 bits": post + "Content-Length: 99999999999999999999999\r\n\r\nhello",
        "a folded field": get + "X-A: b\r\n c\r\n\r\n",
        "a folded coding": post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "bare line feeds": "GET /healthz HTTP/1.1\nHost: a\n\n",
        "one bare line feed": get + "X-A: b\nX-B: c\r\n\r\n",
        "a bare carriage return": get + "X-A: b\rX-B: c\r\n\r\n",
        "a space before the colon": post + "Content-Length : 5\r\n\r\nhello",
        "a space before the first field": "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n",
        "another coding": post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "two codings": post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "chunked, then another": post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "chunked twice": post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunked behind a control character": post + "Transfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n",
        "chunked in HTTP/1.0": "POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a negative chunk": chunked + "-5\r\nhello\r\n0\r\n\r\n",
        "a chunk in 0x": chunked + "0x5\r\nhello\r\n0\r\n\r\n",
        "a chunk that is no number": chunked + "g\r\nhello\r\n0\r\n\r\n",
        "a chunk beyond 64 bits": chunked + "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "a chunk with a space": chunked + "5 \r\nhello\r\n0\r\n\r\n",
        "a chunk behind a bare line feed": chunked + "5\nhello\r\n0\r\n\r\n",
        "a chunk that is too short": chunked + "4\r\nhello\r\n0\r\n\r\n",
        "a bare line feed in a chunk's extension": chunked + "5;a\nhello\r\n0\r\n\r\n",
        "no host": "GET /healthz HTTP/1.1\r\n\r\n",
        "two hosts": get + "Host: b\r\n\r\n",
        "a zero byte": get + "X-A: b\0c\r\n\r\n",
        "a method that is none": "G@T /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/0.9": "GET /healthz\r\n\r\n",
        "TLS": "\u{16}\u{03}\u{01}\u{02}\0\u{01}\0\u{01}",
    ]

    /// Every shape is followed by a request, which must not be served.
    @Test func isRefusedOnceAndTheConnectionEnds() async throws {
        try await TestServer().run { session in
            for (name, shape) in Self.shapes {
                let exchange = try await RawExchange.run(session.client.port, shape + Self.get + "\r\n")
                #expect(exchange.statuses == [400], "\(name): \(exchange.answer)")
                #expect(exchange.isClosed, "\(name)")
                #expect(exchange.answer.contains("application/problem+json"), "\(name)")
                #expect(exchange.answer.contains("Connection: close"), "\(name)")
            }
        }
    }

    @Test func whatStandsBeforeAWrongRequestIsAnsweredFirst() async throws {
        try await TestServer().run { session in
            let wrong = Self.post + "Content-Length : 5\r\n\r\nhello"
            let exchange = try await RawExchange.run(
                session.client.port, Self.get + "\r\n" + Self.get + "\r\n" + wrong + Self.get + "\r\n")
            #expect(exchange.statuses == [200, 200, 400])
            #expect(exchange.isClosed)
        }
    }

    private static let last = get + "Connection: close\r\n\r\n"

    static let unusual: [(String, [Int])] = [
        ("GET /healthz HTTP/1.0\r\n\r\n" + last, [200]),
        ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + last, [200]),
        (get + "Connection: Close\r\n\r\n" + last, [200]),
        (get + "\r\n" + get + "\r\n" + last, [200, 200, 200]),
        ("GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n" + last, [200, 200]),
        (chunked + "5;ext=1\r\nhello\r\n0\r\n\r\n" + last, [405, 200]),
        (post + "Content-Length: 5\r\n\r\nhello" + last, [405, 200]),
        (get + "Expect: 200-ok\r\n\r\n" + last, [417]),
    ]

    @Test func honestButUnusualRequestsWork() async throws {
        try await TestServer().run { session in
            for (request, statuses) in Self.unusual {
                let exchange = try await RawExchange.run(session.client.port, request)
                #expect(exchange.statuses == statuses, "\(request): \(exchange.answer)")
                #expect(exchange.isClosed)
            }
        }
    }

    @Test func anAnswerToHTTP10IsNotChunked() async throws {
        try await TestServer().run { session in
            let exchange = try await RawExchange.run(session.client.port, "GET /metrics HTTP/1.0\r\n\r\n")
            #expect(exchange.answer.hasPrefix("HTTP/1.0 200"))
            #expect(!exchange.answer.lowercased().contains("transfer-encoding"))
        }
    }
}
