import Foundation
import RegistryTypes
import Subprocess
import Testing

/// A server that is told to end finishes what is under way, and waits for nobody who stands still.
@Suite struct StoppingTests {
    private func begin(_ scratch: Scratch, _ server: Server) async throws {
        let made = try await server.assay("namespace", "create", "demo").code
        #expect(made == 0)
    }

    /// Waits until the server has begun to write an upload.
    private func waitForUpload(_ server: Server) async throws {
        let start = ContinuousClock.now
        while try FileManager.default.contentsOfDirectory(atPath: server.data + "/uploads").isEmpty {
            try #require(ContinuousClock.now - start < .seconds(20), "the upload does not begin")
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    @Test func anUploadUnderWayIsFinished() async throws {
        let scratch = try Scratch()
        let bytes = Data(repeating: 5, count: 3 << 20)
        let file = try scratch.write("w.bin", bytes)
        let status = try await Server.run(data: scratch.path + "/data", arguments: ["--no-worker"]) { server in
            try await begin(scratch, server)
            let token = try server.adminToken
            async let upload = Tool.curl(
                "-X", "PUT", "-T", file, "--limit-rate", "2M", "-o", "/dev/null", "-D", "-", "-w", "%{http_code}",
                "-H", "Authorization: Bearer \(token)",
                "\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(bytes))")
            try await waitForUpload(server)
            kill(server.processID, SIGTERM)
            let answer = try await upload
            #expect(answer.output.hasSuffix("201"), "\(answer)")
            #expect(answer.output.lowercased().contains("connection: close"))
            let refused = try await Tool.curl("\(server.url)/healthz")
            #expect(refused.code == 7, "nobody else is let in")
        }
        #expect(status == .exited(0))
    }

    @Test func anUploadThatStandsStillIsCutOff() async throws {
        let scratch = try Scratch()
        let status = try await Server.run(data: scratch.path + "/data", arguments: ["--no-worker"]) { server in
            try await begin(scratch, server)
            let token = try server.adminToken
            async let upload = Tool.run(
                "/bin/sh",
                [
                    "-c",
                    """
                    (head -c 1000 /dev/zero; exec sleep 5) | curl -sS -X PUT -T - -w '%{http_code}' \
                        -H 'Transfer-Encoding:' -H 'Content-Length: 1000000' -H 'Authorization: Bearer \(token)' \
                        --max-time 15 '\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(Data()))'
                    """,
                ])
            try await waitForUpload(server)
            kill(server.processID, SIGTERM)
            let answer = try await upload
            #expect(answer.output.contains("server-stopping") || answer.output.contains("503"), "\(answer)")
        }
        #expect(status == .exited(0))
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/data/uploads")
        #expect(left.isEmpty)
    }
}
