import Foundation
import RegistryTypes
import Subprocess
import Testing

/// A server that dies at any step of a durable write loses nothing that it acknowledged, and repeats what it did not.
@Suite(.serialized) struct DurabilityTests {
    private func put(_ file: String, _ digest: Digest, to server: Server) async throws -> String {
        try await Tool.curl(
            "-X", "PUT", "-T", file, "-o", "/dev/null", "-w", "%{http_code}",
            "-H", "Authorization: Bearer \(server.adminToken)",
            "\(server.url)/api/v1/namespaces/demo/blobs/\(digest)"
        ).output
    }

    @Test(arguments: FailurePoint.ofUpload)
    func dies(at point: FailurePoint) async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let file = try scratch.write("weights.bin", bytes)
        let digest = Digest.of(bytes)
        let earlier = Data("acknowledged before".utf8)
        let earlierFile = try scratch.write("earlier.bin", earlier)
        try await Server.run(data: data) { server in
            let made = try await server.assay("namespace", "create", "demo").code
            #expect(made == 0)
            let before = try await put(earlierFile, Digest.of(earlier), to: server)
            #expect(before == "201")
        }
        let status = try await Server.run(data: data, environment: ["ASSAY_FAILURE_POINT": point.rawValue]) { server in
            let cut = try await put(file, digest, to: server)
            #expect(cut != "201" && cut != "200")
        }
        #expect(status == .signaled(SIGKILL))
        try await Server.run(data: data) { server in
            let token = try server.adminToken
            let uploads = try FileManager.default.contentsOfDirectory(atPath: data + "/uploads")
            #expect(uploads.isEmpty)
            let again = try await put(file, digest, to: server)
            #expect(again == "201" || again == "200")
            for (digest, bytes) in [(digest, bytes), (Digest.of(earlier), earlier)] {
                let got = scratch.path + "/got"
                let status = try await Tool.curl(
                    "-o", got, "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)",
                    "\(server.url)/api/v1/namespaces/demo/blobs/\(digest)")
                #expect(status.output == "200")
                let stored = try Data(contentsOf: URL(filePath: got))
                #expect(stored == bytes)
            }
            let log = try await server.assay("audit", "log", "--json")
            #expect(log.code == 0, "\(log.error)")
        }
    }

    @Test func aClientThatGoesAwayInMidPushLeavesNothing() async throws {
        let scratch = try Scratch()
        let bytes = Data(repeating: 7, count: 8 << 20)
        let file = try scratch.write("weights.bin", bytes)
        try await Server.run(data: scratch.path + "/data") { server in
            let made = try await server.assay("namespace", "create", "demo").code
            #expect(made == 0)
            let cut = try await Tool.curl(
                "-X", "PUT", "-T", file, "--limit-rate", "2M", "--max-time", "1", "-o", "/dev/null",
                "-H", "Authorization: Bearer \(server.adminToken)",
                "\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(bytes))")
            #expect(cut.code == 28)
            let again = try await put(file, Digest.of(bytes), to: server)
            #expect(again == "201")
            let left = try FileManager.default.contentsOfDirectory(atPath: server.data + "/uploads")
            #expect(left.isEmpty)
        }
    }

    @Test func curlIsNotKeptWaitingForItsBody() async throws {
        let scratch = try Scratch()
        let bytes = Data(repeating: 3, count: 2 << 20)
        let file = try scratch.write("weights.bin", bytes)
        try await Server.run(data: scratch.path + "/data") { server in
            let made = try await server.assay("namespace", "create", "demo").code
            #expect(made == 0)
            let url = "\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(bytes))"
            let token = try server.adminToken
            let taken = try await Tool.curl(
                "-v", "-X", "PUT", "-T", file, "-H", "Expect: 100-continue", "-H", "Authorization: Bearer \(token)", url
            )
            #expect(taken.error.contains("HTTP/1.1 100 Continue"))
            #expect(taken.error.contains("HTTP/1.1 201 Created"))
            // Refused before a byte of the body was sent.
            let refused = try await Tool.curl(
                "-v", "-X", "PUT", "-T", file, "-H", "Expect: 100-continue", "-H", "Authorization: Bearer nonsense",
                "-w", "\n%{http_code} %{size_upload}", url)
            #expect(!refused.error.contains("100 Continue"))
            #expect(refused.output.hasSuffix("401 0"))
        }
    }
}
