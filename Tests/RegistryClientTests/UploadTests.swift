import Foundation
import HTTPTypes
import RegistryClient
import RegistryTypes
import Synchronization
import Testing

/// What is sent is what was hashed.
@Suite struct UploadTests {
    @Test func aFileThatChangedSinceItWasHashedIsNotSent() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "assay-upload-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("before".utf8).write(to: file)
        let local = try LocalFile(hashing: file)
        #expect(local.sha256 == Digest.of(Data("before".utf8)))
        try Data("after!".utf8).write(to: file)
        let server = ScriptedServer([])
        try await server.run { client, _ in
            do {
                try await client.upload(local, to: .namespace(ResourceName("demo")))
                Issue.record("sent")
            } catch {
                #expect((error as? RegistryError)?.code == .integrityFailure)
            }
        }
        #expect(server.requests.withLock { $0.isEmpty })
    }

    @Test func bytesThatWereCollectedBeforeTheirRecordAreSentAgain() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "assay-upload-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("weights".utf8).write(to: file)
        let local = try LocalFile(hashing: file)
        let unknown = Data(
            """
            {"type":"about:blank","code":"blob-unknown","title":"t","status":422,"detail":"d","requestID":"r"}
            """.utf8)
        let refused = ScriptedServer.Answer.bytes(
            unknown, status: .unprocessableContent, headers: [.contentType: "application/problem+json"])
        let server = ScriptedServer([
            .bytes(Data()), refused, .bytes(Data(), status: .notFound), .bytes(Data()),
            .bytes(Data(#"{"name":"demo","createdAt":1}"#.utf8)),
        ])
        try await server.run { client, _ in
            // Any record will do; this one has a short answer.
            let namespace = try ResourceName("demo")
            try await client.upload([local], to: .namespace(namespace))
            let made = try await client.recording([local], in: namespace) {
                try await client.createNamespace(namespace)
            }
            #expect(made.createdAt == 1)
        }
        #expect(server.requests.withLock { $0.map(\.method) } == [.head, .post, .head, .put, .post])
    }

    @Test(arguments: ["ftp://host", "http://", "http://user:pw@host", "http://host/?q=1", "nonsense"])
    func addressesThatAreNoneAreRefused(address: String) throws {
        let url = try #require(URL(string: address))
        #expect(throws: RegistryError.self) { try RegistryClient(url: url, token: nil) }
    }
}
