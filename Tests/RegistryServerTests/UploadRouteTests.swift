import BlobStore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// The rules of upload sessions, over a real socket (invariants I7 to I9).
@Suite struct UploadRouteTests {
    private static let bytes = "0123456789"
    private static let digest = Digest.of(Data(bytes.utf8))
    private static let uploads = "namespaces/demo/uploads"

    private static func body(_ digest: Digest = digest, size: Int64 = 10) -> String {
        #"{"sha256":"\#(digest)","size":\#(size)}"#
    }

    /// `Content-Digest` of some text.
    private static func contentDigest(_ text: String) -> String {
        "sha-256=:\(Data(Digest.of(Data(text.utf8)).bytes).base64EncodedString()):"
    }

    private static func open(_ session: TestSession, _ body: String = body()) async throws -> String {
        let record = try await session.fetch(UploadRecord.self, .post, uploads, body)
        return try #require(record.id).text
    }

    /// Sends the bytes of a range as they are in the whole, or others.
    private static func put(
        _ session: TestSession, _ id: String, _ range: String, _ text: String, digest: String? = nil,
        as principal: String = "pusher", namespace: String = "demo"
    ) async throws -> TestResponse {
        var headers: [HTTPField.Name: String] = [.contentRange: "bytes \(range)"]
        if let digest, let name = HTTPField.Name("Content-Digest") { headers[name] = digest }
        return try await session.send(
            .put, "namespaces/\(namespace)/uploads/\(id)", as: principal, text, headers: headers)
    }

    @Test func rangesComeInAnyOrderAndMakeABlob() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let opened = try await session.send(.post, Self.uploads, as: "pusher", Self.body())
            #expect(opened.status == .created)
            let record = try StrictJSON.decode(UploadRecord.self, from: opened.body.readableBytesView)
            let id = try #require(record.id).text
            #expect(record.received.isEmpty && !record.complete && record.partSize == 64 << 20)
            #expect(record.expiresAt == 1_700_086_400_000)
            for (range, text) in [("7-9/10", "789"), ("0-3/10", "0123")] {
                let taken = try await Self.put(session, id, range, text, digest: Self.contentDigest(text))
                #expect(taken.status == .ok, "\(String(buffer: taken.body))")
            }
            let again = try await session.send(.post, Self.uploads, as: "pusher", Self.body())
            #expect(again.status == .ok)
            let status = try await session.fetch(UploadRecord.self, .get, "\(Self.uploads)/\(id)")
            #expect(String(buffer: again.body).contains(#""received":[[0,3],[7,9]]"#))
            #expect(status.received == [ByteExtent(0..<4), ByteExtent(7..<10)] && status.id?.text == id)

            let early = try await session.send(.post, "\(Self.uploads)/\(id)/complete", as: "pusher")
            #expect(early.status == .conflict && early.problem?["details"]?["missing"]?.string == "4-6")
            #expect(try await Self.put(session, id, "4-6/10", "456").status == .ok)
            for _ in 1...2 {
                let blob = try await session.fetch(BlobRecord.self, .post, "\(Self.uploads)/\(id)/complete")
                #expect(blob == BlobRecord(sha256: Self.digest, size: 10))
            }
            let got = try await session.send(.get, "namespaces/demo/blobs/\(Self.digest)", as: "reader")
            #expect(String(buffer: got.body) == Self.bytes)
            #expect(try await session.fetch(UploadRecord.self, .get, "\(Self.uploads)/\(id)").complete)
            let known = try await session.fetch(UploadRecord.self, .post, Self.uploads, Self.body())
            #expect(known.complete && known.id == nil)
            let log = try await session.fetch(Page<AuditRecord>.self, .get, "audit?namespace=demo", as: "auditor")
            #expect(log.items.last?.entry["action"]?.string == "blob.put")
            #expect(log.items.filter { $0.entry["action"]?.string == "blob.put" }.count == 1)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder + "/uploads").isEmpty)
    }

    @Test func rangesThatDoNotFitAreRefusedWithTheTrueOnes() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let id = try await Self.open(session)
            _ = try await Self.put(session, id, "2-4/10", "234")
            for (range, text) in [
                ("4-5/10", "45"), ("0-9/10", Self.bytes), ("2-4/10", "234"), ("8-10/10", "89x"), ("0-1/11", "01"),
                ("0-1/9", "01"), ("0-1/10", "012"), ("0-1/10", "0"), ("5-9223372036854775806/10", "5"),
            ] {
                let refused = try await Self.put(session, id, range, text)
                #expect(refused.status.code == 416 && refused.code == "invalid-range", "\(range)")
                #expect(refused.headers[.range] == "bytes=2-4" && refused.headers[.contentRange] == "bytes */10")
                #expect(refused.problem?["details"]?["received"]?.string == "2-4")
            }
            for range in ["2-1/10", "0-1/*", "-1/10", "0-/10", "x", "0-99999999999999999999/10", "0-1/10, 4-5/10"] {
                let refused = try await Self.put(session, id, range, "01")
                #expect(refused.status == .badRequest && refused.code == "invalid-request", "\(range)")
            }
            let bare = try await session.send(.put, "\(Self.uploads)/\(id)", as: "pusher", "01")
            #expect(bare.status == .badRequest && bare.problem?["detail"]?.string?.contains("Content-Range") == true)
            let status = try await session.fetch(UploadRecord.self, .get, "\(Self.uploads)/\(id)")
            #expect(status.received == [ByteExtent(2..<5)])
        }
    }

    @Test func wrongDigestsAreRefused() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let id = try await Self.open(session)
            let wrong = try await Self.put(session, id, "0-3/10", "0123", digest: Self.contentDigest("012x"))
            #expect(wrong.status.code == 422 && wrong.code == "digest-mismatch")
            let malformed = try await Self.put(session, id, "0-3/10", "0123", digest: "sha-256=:abc:")
            #expect(malformed.status == .badRequest && malformed.code == "invalid-digest")
            #expect(try await session.fetch(UploadRecord.self, .get, "\(Self.uploads)/\(id)").received.isEmpty)
            // Other algorithms may be left aside (RFC 9530 §2).
            #expect(try await Self.put(session, id, "0-9/10", "x123456789", digest: "sha-512=:AA==:").status == .ok)
            let refused = try await session.send(.post, "\(Self.uploads)/\(id)/complete", as: "pusher")
            #expect(refused.status.code == 422 && refused.code == "digest-mismatch")
            #expect(try await session.send(.get, "\(Self.uploads)/\(id)", as: "pusher").status == .notFound)
            #expect(!server.registry.blobs.contains(Self.digest))
            let part = try await session.send(
                .put, "namespaces/demo/blobs/\(Self.digest)", as: "pusher", "01",
                headers: [.contentRange: "bytes 0-1/10"])
            #expect(part.status == .badRequest && part.problem?["detail"]?.string?.contains("upload session") == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder + "/uploads").isEmpty)
    }

    @Test func sizesThatAreNoneAreRefused() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for (size, code) in [(Int64(-1), "invalid-request"), ((1 << 40) + 1, "payload-too-large")] {
                let refused = try await session.send(.post, Self.uploads, as: "pusher", Self.body(size: size))
                #expect(refused.code == code)
            }
            try await session.push("models/demo/house", Self.bytes)
            let other = try await session.send(.post, Self.uploads, as: "pusher", Self.body(size: 9))
            #expect(other.status.code == 422 && other.code == "length-mismatch")
            let empty = try await Self.open(session, Self.body(Digest.of(Data()), size: 0))
            _ = try await session.fetch(BlobRecord.self, .post, "\(Self.uploads)/\(empty)/complete")
        }
    }

    @Test func sessionsBelongToTheirPrincipalAndNamespace() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let id = try await Self.open(session)
            for (namespace, principal) in [("demo", "root"), ("other", "root"), ("other", "stranger")] {
                let path = "namespaces/\(namespace)/uploads/\(id)"
                for response in [
                    try await session.send(.get, path, as: principal),
                    try await session.send(.delete, path, as: principal),
                    try await session.send(.post, path + "/complete", as: principal),
                    try await Self.put(session, id, "0-1/10", "01", as: principal, namespace: namespace),
                ] { #expect(response.status == .notFound && response.code == "not-found") }
            }
            // No oracle: the bytes of another namespace have to be sent like any others.
            _ = try await session.send(.put, "namespaces/demo/blobs/\(Self.digest)", as: "pusher", Self.bytes)
            let elsewhere = try await session.fetch(
                UploadRecord.self, .post, "namespaces/other/uploads", as: "stranger", Self.body())
            #expect(!elsewhere.complete && elsewhere.received.isEmpty && elsewhere.id != nil)
            for role in ["reader", "deployer", "auditor"] {
                #expect(try await session.send(.post, Self.uploads, as: role, Self.body()).status == .forbidden)
                #expect(try await session.send(.get, "\(Self.uploads)/\(id)", as: role).status == .forbidden)
            }
            #expect(try await session.send(.delete, "\(Self.uploads)/\(id)", as: "pusher").status == .noContent)
            #expect(try await session.send(.delete, "\(Self.uploads)/\(id)", as: "pusher").status == .notFound)
        }
    }
}
