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

/// A server on a fresh folder with the namespace `demo`, a token for each role in it, and one for somebody without any.
final class TestServer: Sendable {
    let folder: String
    let registry: ModelRegistry
    /// Tokens by role; `stranger` has no role in `demo`, `root` all rights everywhere.
    let tokens: [String: String]

    init(minimumFree: Int64? = nil) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "assay-server-\(UUID())").path
        registry = try ModelRegistry(
            dataFolder: folder, backups: folder + "/backups", minimumFree: minimumFree, clock: { 1_700_000_000_000 })
        let root = try #require(try await registry.bootstrap()).revealed
        let admin = try await registry.authenticate(root, requestID: "t")
        let namespace = try ResourceName("demo")
        for name in [namespace, try ResourceName("other")] { _ = try await registry.createNamespace(name, as: admin) }
        var tokens = ["root": root]
        for role in Role.allCases {
            tokens[role.rawValue] = try await registry.createToken(
                CreateToken(principal: "demo \(role.rawValue)", roles: [role], namespace: namespace), as: admin
            ).token
        }
        tokens["stranger"] = try await registry.createToken(
            CreateToken(principal: "stranger", roles: [.admin], namespace: ResourceName("other")), as: admin
        ).token
        self.tokens = tokens
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs a test against the server on a real port.
    func run(
        limits: ConnectionLimits = ConnectionLimits(),
        _ test: @escaping @Sendable (TestSession) async throws -> Void
    ) async throws {
        let tokens = tokens
        try await RegistryServer.application(registry, limits: limits).test(.live) { client in
            try await test(TestSession(client: client, tokens: tokens))
        }
    }
}

/// Requests to a running server.
struct TestSession: Sendable {
    let client: any TestClientProtocol
    let tokens: [String: String]

    /// Sends a request below `/api/v1` as one of the principals.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as principal: String, _ body: String? = nil,
        headers more: [HTTPField.Name: String] = [:]
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: "Bearer \(try #require(tokens[principal]))"]
        for (name, value) in more { headers[name] = value }
        return try await client.execute(
            uri: "/api/v1/" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }

    /// Sends a request and decodes its answer.
    func fetch<Value: Codable>(
        _ type: Value.Type, _ method: HTTPRequest.Method, _ path: String, as principal: String = "pusher",
        _ body: String? = nil
    ) async throws -> Value {
        let response = try await send(method, path, as: principal, body)
        try #require((200..<300).contains(response.status.code), "\(path): \(String(buffer: response.body))")
        return try StrictJSON.decode(type, from: response.body.readableBytesView)
    }

    /// Uploads text and pushes it as a version of a model or dataset in `demo`.
    @discardableResult
    func push(_ path: String, file: String = "w.bin", _ text: String) async throws -> VersionSummary {
        let digest = Digest.of(Data(text.utf8))
        _ = try await send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", text)
        let entry = ArtifactFile(path: try ArtifactPath(file), size: Int64(text.utf8.count), sha256: digest)
        let data =
            path.hasPrefix("models/")
            ? try StrictJSON.encode(CreateModelVersion(files: [entry], run: RunDescription(kind: .import)))
            : try StrictJSON.encode(CreateDatasetVersion(files: [entry]))
        return try await fetch(
            CreatedVersion.self, .post, "\(path)/versions", String(decoding: data, as: UTF8.self)
        ).version
    }

    /// Decides about a version as the approver.
    func decide(_ decision: Decision, _ version: VersionSummary) async throws {
        let body = #"{"decision":"\#(decision.rawValue)","digest":"\#(version.digest)"}"#
        _ = try await fetch(
            ApprovalRecord.self, .post, "models/\(version.name)/versions/\(version.number)/decisions", as: "approver",
            body)
    }
}

extension TestResponse {
    /// The code of a problem document.
    var code: String? { problem?["code"]?.string }

    /// The problem document.
    var problem: JSONValue? { try? JSONParser.parse(body.readableBytesView) }
}
