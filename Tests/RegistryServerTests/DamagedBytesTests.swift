import BlobStore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// Invariant I19 over HTTP: wrong bytes never look like an answer, and are refused ever after.
@Suite struct DamagedBytesTests {
    private func flip(_ server: TestServer, _ digest: Digest, at offset: UInt64) throws {
        let path = server.registry.blobs.path(of: digest)
        chmod(path, 0o640)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data("X".utf8))
    }

    /// One piece is hashed before the head is sent; of several, the last is held back.
    @Test(arguments: [10, 1 << 19, (1 << 19) + 1, 5 << 20], [0, 1])
    func I19_wrongBytesAreNeverServedComplete(size: Int, place: Int) async throws {
        let server = try await TestServer()
        try await server.run { session in
            let text = String(repeating: "a", count: size)
            let digest = Digest.of(Data(text.utf8))
            let version = try await session.push("models/demo/m", text)
            try flip(server, digest, at: place == 0 ? 0 : UInt64(size - 1))
            let paths = ["namespaces/demo/blobs/\(digest)", "models/\(version.name)/versions/1/files/w.bin"]
            if size <= 1 << 19 {
                let first = try await session.send(.get, paths[place], as: "pusher")
                #expect(first.status.code == 503 && first.code == "blob-corrupt")
            } else {
                await #expect(throws: (any Error).self, "the connection is cut") {
                    _ = try await session.send(.get, paths[place], as: "pusher")
                }
            }
        }
        // The connection of the first session is gone.
        try await server.run { session in
            let digest = Digest.of(Data(String(repeating: "a", count: size).utf8))
            for path in ["namespaces/demo/blobs/\(digest)", "models/demo/m/versions/1/files/w.bin"] {
                for method in [HTTPRequest.Method.get, .head] {
                    #expect(try await session.send(method, path, as: "pusher").status.code == 503)
                }
                let part = try await session.send(.get, path, as: "pusher", headers: [.range: "bytes=1-3"])
                #expect(part.code == "blob-corrupt")
            }
            let metrics = try await session.client.execute(uri: "/metrics", method: .get)
            #expect(String(buffer: metrics.body).contains("\nassay_corrupt_blobs 1\n"))
            let again = try await session.send(
                .put, "namespaces/demo/blobs/\(digest)", as: "pusher", String(repeating: "a", count: size))
            #expect(again.status == .created)
            let whole = try await session.send(.get, "namespaces/demo/blobs/\(digest)", as: "pusher")
            #expect(whole.status == .ok && whole.body.readableBytes == size)
        }
    }

    /// A file that was found right is hashed again as soon as anybody wrote to it.
    @Test func I19_whatWasRightIsHashedAgainWhenItChanged() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let digest = Digest.of(Data("weights".utf8))
            try await session.push("models/demo/m", "weights")
            let path = "namespaces/demo/blobs/\(digest)"
            // Older than the ticks in which a file system counts, so that it may be remembered.
            try await settle(server.registry.blobs.path(of: digest))
            for _ in 0..<2 { #expect(try await session.send(.get, path, as: "pusher").status == .ok) }
            #expect(try await session.send(.head, path, as: "pusher").status == .ok)
            try flip(server, digest, at: 3)
            #expect(try await session.send(.get, path, as: "pusher").code == "blob-corrupt")
        }
    }

    private func settle(_ path: String) async throws {
        func age() throws -> TimeInterval {
            let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            return Date().timeIntervalSince(time ?? Date())
        }
        while try age() < 2.1 { try await Task.sleep(for: .milliseconds(20)) }
    }
}
