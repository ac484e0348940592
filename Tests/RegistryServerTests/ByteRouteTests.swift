import BlobStore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

/// Bytes over a real socket: uploads that must match their digest, downloads by range, refusals as problem documents.
@Suite final class ByteRouteTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-server-\(UUID())").path

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs a test against a server with the namespace `demo`, as its administrator.
    private func withServer(
        _ test: @escaping @Sendable (any TestClientProtocol, _ token: String, ModelRegistry) async throws -> Void
    ) async throws {
        let registry = try ModelRegistry(dataFolder: folder, clock: { 1_700_000_000_000 })
        let token = try #require(try await registry.bootstrap()).revealed
        let admin = try await registry.authenticate(token, requestID: "t")
        _ = try await registry.createNamespace(ResourceName("demo"), as: admin)
        let application = RegistryServer.application(registry)
        try await application.test(.live) { try await test($0, token, registry) }
    }

    private static func headers(_ token: String, _ more: [HTTPField.Name: String] = [:]) -> HTTPFields {
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        for (name, value) in more { headers[name] = value }
        return headers
    }

    private static func code(_ response: TestResponse) throws -> String? {
        try JSONParser.parse(response.body.readableBytesView)["code"]?.string
    }

    private static let bytes = Data("0123456789".utf8)

    @Test func putsAndGetsBytes() async throws {
        try await withServer { client, token, _ in
            let digest = Digest.of(Self.bytes)
            let uri = "/api/v1/namespaces/demo/blobs/\(digest)"
            let put = try await client.execute(
                uri: uri, method: .put, headers: Self.headers(token), body: ByteBuffer(bytes: Self.bytes))
            #expect(put.status == .created)
            let get = try await client.execute(uri: uri, method: .get, headers: Self.headers(token))
            #expect(get.status == .ok)
            #expect(Data(get.body.readableBytesView) == Self.bytes)
            #expect(get.headers[.eTag] == "\"\(digest)\"")
            let representation = try #require(HTTPField.Name("Repr-Digest"))
            #expect(get.headers[representation] == "sha-256=:\(Data(digest.bytes).base64EncodedString()):")
            let known = try await client.execute(
                uri: uri, method: .get, headers: Self.headers(token, [.ifNoneMatch: "\"\(digest)\""]))
            #expect(known.status == .notModified)
        }
    }

    static let ranges: [(String, Int, String?, String?)] = [
        ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=-3", 206, "789", "bytes 7-9/10"),
        ("bytes=8-", 206, "89", "bytes 8-9/10"), ("bytes=5-99", 206, "56789", "bytes 5-9/10"),
        ("bytes=-99", 206, "0123456789", "bytes 0-9/10"), ("bytes=10-", 416, nil, "bytes */10"),
        ("bytes=20-30", 416, nil, "bytes */10"), ("bytes=-0", 416, nil, "bytes */10"),
        ("bytes=0-1,4-5", 200, "0123456789", nil), ("bytes=abc", 200, "0123456789", nil),
        ("bytes=3-1", 200, "0123456789", nil), ("bytes=99999999999999999999-", 416, nil, "bytes */10"),
    ]

    @Test(arguments: ranges)
    func answersRanges(_ row: (String, Int, String?, String?)) async throws {
        try await withServer { client, token, _ in
            let uri = "/api/v1/namespaces/demo/blobs/\(Digest.of(Self.bytes))"
            _ = try await client.execute(
                uri: uri, method: .put, headers: Self.headers(token), body: ByteBuffer(bytes: Self.bytes))
            let response = try await client.execute(
                uri: uri, method: .get, headers: Self.headers(token, [.range: row.0]))
            #expect(response.status.code == row.1)
            if let text = row.2 { #expect(String(buffer: response.body) == text) }
            #expect(response.headers[.contentRange] == row.3)
        }
    }

    @Test func refusesOtherBytesThanDeclared() async throws {
        try await withServer { client, token, registry in
            let declared = Digest.of(Data("other".utf8))
            let response = try await client.execute(
                uri: "/api/v1/namespaces/demo/blobs/\(declared)", method: .put, headers: Self.headers(token),
                body: ByteBuffer(bytes: Self.bytes))
            #expect(response.status.code == 422)
            #expect(try Self.code(response) == "digest-mismatch")
            #expect(!registry.blobs.contains(declared))
        }
    }

    @Test(arguments: [
        ("/api/v1/namespaces/demo/blobs/sha256:xyz", "invalid-digest"),
        ("/api/v1/namespaces/%2e%2e/blobs/sha256:" + String(repeating: "0", count: 64), "invalid-name"),
        ("/api/v1/namespaces/a%00b/blobs/sha256:" + String(repeating: "0", count: 64), "invalid-request"),
        ("/api/v1/models/demo/house/versions/1/files/..%2fsecret", "invalid-path"),
        ("/api/v1/models/demo/house/versions/01/files/w.bin", "invalid-reference"),
        ("/api/v1/models/demo/house/versions/1/files/w.bin", "not-found"),
        ("/api/v1/nothing", "not-found"),
    ])
    func badPathsGetClearErrors(_ row: (String, String)) async throws {
        try await withServer { client, token, _ in
            let response = try await client.execute(uri: row.0, method: .get, headers: Self.headers(token))
            #expect(try Self.code(response) == row.1, "\(String(buffer: response.body))")
            #expect(response.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func nothingIsServedWithoutAToken() async throws {
        try await withServer { client, _, _ in
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.status == .ok)
            for headers in [[:], Self.headers(APIToken.random().revealed), Self.headers("nonsense")] {
                let response = try await client.execute(
                    uri: "/api/v1/namespaces", method: .post, headers: headers,
                    body: ByteBuffer(string: #"{"name":"evil"}"#))
                #expect(response.status == .unauthorized)
                #expect(response.headers[.wwwAuthenticate] == "Bearer")
                #expect(try Self.code(response) == "unauthenticated")
            }
        }
    }

    @Test func documentsAreStrict() async throws {
        try await withServer { client, token, _ in
            func post(_ body: String) async throws -> TestResponse {
                try await client.execute(
                    uri: "/api/v1/namespaces", method: .post, headers: Self.headers(token),
                    body: ByteBuffer(string: body))
            }
            let created = try await post(#"{"name":"fresh"}"#)
            #expect(created.status == .created)
            let refused = [
                (#"{"name":"fresh"}"#, "already-exists"), (#"{"name":"x","admin":true}"#, "invalid-json"),
                (#"{"name":NaN}"#, "nonfinite-number"), (#"{"name":"models"}"#, "invalid-name"),
                (#"{"name":7}"#, "invalid-json"), (String(repeating: " ", count: 2 << 20), "payload-too-large"),
            ]
            for (body, code) in refused {
                let response = try await post(body)
                #expect(try Self.code(response) == code, "\(body.prefix(40))")
            }
        }
    }
}
