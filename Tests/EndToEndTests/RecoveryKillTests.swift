import Foundation
import RegistryTypes
import Subprocess
import Testing

/// A server that dies at any step of its start leaves what the next start needs (invariant I25).
@Suite(.serialized) struct RecoveryKillTests {
    private func start(_ data: String, dyingAt step: RecoveryStep) async throws -> Tool.Outcome {
        try await Tool.run(
            "/usr/bin/timeout", ["20", Tool.assay, "serve", "--data", data, "--port", "0", "--no-worker"],
            environment: ["ASSAY_FAILURE_POINT": step.rawValue])
    }

    @Test func aStartThatIsCutOffIsDoneAgain() async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        let bytes = Data("weights".utf8)
        let file = try scratch.write("w.bin", bytes)
        let path = "namespaces/demo/blobs/\(Digest.of(bytes))"
        try await Server.run(data: data, arguments: ["--no-worker"]) { server in
            let made = try await server.assay("namespace", "create", "demo").code
            #expect(made == 0)
            let put = try await Tool.curl(
                "-X", "PUT", "-T", file, "-o", "/dev/null", "-w", "%{http_code}", "-H",
                "Authorization: Bearer \(server.adminToken)", "\(server.url)/api/v1/\(path)")
            #expect(put.output == "201")
            server.kill()
        }
        for step in [RecoveryStep.bytesVerified, .markWritten] {
            let cut = try await start(data, dyingAt: step)
            #expect(cut.code == 137, "\(step): \(cut.error)")
        }
        try await Server.run(data: data, arguments: ["--no-worker"]) { server in
            let got = try await Tool.curl(
                "-H", "Authorization: Bearer \(server.adminToken)", "\(server.url)/api/v1/\(path)")
            #expect(got.output == "weights")
            let ready = try await Tool.curl("\(server.url)/readyz")
            #expect(ready.output.contains("\"ready\":true"))
        }
    }

    /// A first start has a migration to apply, and nothing to copy.
    @Test(arguments: [RecoveryStep.migrationApplied, .schemaChecked])
    func aFirstStartThatIsCutOffIsDoneAgain(step: RecoveryStep) async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        let cut = try await start(data, dyingAt: step)
        #expect(cut.code == 137, "\(cut.error)")
        try await Server.run(data: data, arguments: ["--no-worker"]) { server in
            let made = try await server.assay("namespace", "create", "demo").code
            #expect(made == 0)
        }
    }
}
