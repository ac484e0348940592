import BlobStore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

/// What is served when the disk has failed or is full (invariants I4 and I5).
@Suite struct DegradedStoreTests {
    private static let fault = RegistryError(.storeDegraded, "the disk failed in a test")

    @Test func aDegradedStoreAnswersReadsOnly() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/house", "weights")
            server.registry.blobs.health.degrade(Self.fault)
            for (method, path, body) in [
                (HTTPRequest.Method.post, "namespaces", #"{"name":"fresh"}"#),
                (.put, "namespaces/demo/blobs/\(Digest.of(Data("x".utf8)))", "x"),
                (.put, "models/demo/house/aliases/production", #"{"version":1}"#),
            ] {
                let refused = try await session.send(method, path, as: "root", body)
                #expect(refused.status == .serviceUnavailable && refused.code == "store-degraded", "\(path)")
                #expect(refused.headers[.retryAfter] == nil, "it does not pass by itself")
            }
            let read = try await session.send(.get, "models/demo/house/versions/1/files/w.bin", as: "pusher")
            #expect(String(buffer: read.body) == "weights")
            // A refusal stays one, though it cannot be recorded.
            let forbidden = try await session.send(.get, "audit", as: "reader")
            #expect(forbidden.code == "forbidden" || forbidden.code == "not-found")
            let ready = try await session.client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.problem?["reason"]?.string == "store-degraded")
            #expect(ready.problem?["detail"]?.string == Self.fault.message)
            let metrics = try await session.client.execute(uri: "/metrics", method: .get)
            #expect(String(buffer: metrics.body).contains("\nassay_store_degraded 1\n"))
        }
    }

    @Test func aBodyThatCannotBeKeptIsNotAskedFor() async throws {
        let server = try await TestServer()
        try await server.run { session in
            server.registry.blobs.health.degrade(Self.fault)
            let exchange = try await RawExchange.run(
                session.client.port,
                "PUT /api/v1/namespaces/demo/blobs/\(Digest.of(Data())) HTTP/1.1\r\nHost: a\r\n"
                    + "Content-Length: 99999999\r\nExpect: 100-continue\r\n"
                    + "Authorization: Bearer \(session.tokens["pusher"] ?? "")\r\n\r\n")
            #expect(exchange.statuses == [503], "\(exchange.answer)")
            #expect(exchange.isClosed && exchange.answer.contains("store-degraded"))
        }
    }

    @Test func theReserveIsKeptForDocuments() async throws {
        let server = try await TestServer(minimumFree: 1 << 60)
        try await server.run { session in
            let digest = Digest.of(Data("x".utf8))
            let exchange = try await RawExchange.run(
                session.client.port,
                "PUT /api/v1/namespaces/demo/blobs/\(digest) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                    + "Expect: 100-continue\r\nAuthorization: Bearer \(session.tokens["pusher"] ?? "")\r\n\r\n")
            #expect(exchange.statuses == [507] && exchange.answer.contains("storage-full"), "\(exchange.answer)")
            let made = try await session.send(
                .post, "namespaces", as: "root", #"{"name":"fresh"}"#, headers: [.contentType: "application/json"])
            #expect(made.status == .created)
            let ready = try await session.client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable && ready.problem?["reason"]?.string == "storage-full")
        }
    }
}
