import Foundation
import Subprocess
import Testing

/// Starting and stopping, and what stands in the way of it.
@Suite struct ServeTests {
    @Test func theFirstTokenIsForItsOwnerAlone() async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        let status = try await Server.run(data: data) { server in
            let attributes = try FileManager.default.attributesOfItem(atPath: data + "/admin-token")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let health = try await Tool.curl("\(server.url)/healthz").output
            #expect(health == "ok\n")
            let ready = try await Tool.curl("\(server.url)/readyz").output
            #expect(ready.contains("\"ready\":true"))
            let metrics = try await Tool.curl("\(server.url)/metrics").output
            #expect(metrics.contains("assay_http_requests_total"))
        }
        #expect(status == .exited(0))
        let token = try String(contentsOfFile: data + "/admin-token", encoding: .utf8)
        try await Server.run(data: data) { server in
            let second = try server.adminToken
            #expect(second + "\n" == token)
        }
    }

    @Test func aSecondServerOnTheFolderIsRefused() async throws {
        let scratch = try Scratch()
        try await Server.run(data: scratch.path + "/data") { server in
            let second = try await Tool.run(Tool.assay, ["serve", "--data", server.data, "--port", "0"])
            #expect(second.code == 1)
            #expect(second.error.contains("another server uses the data folder"))
        }
    }

    @Test func tooFewDescriptorsAreNamed() async throws {
        let scratch = try Scratch()
        let refused = try await Tool.run(
            "/bin/sh", ["-c", "ulimit -n 300; exec \(Tool.assay) serve --data \(scratch.path)/data --port 0"])
        #expect(refused.code == 1)
        #expect(refused.error.contains("a server needs 512 descriptors and may have 300"))
    }

    @Test func aTakenPortIsNamed() async throws {
        let scratch = try Scratch()
        try await Server.run(data: scratch.path + "/data") { server in
            let port = try #require(URL(string: server.url)?.port)
            let second = try await Tool.run(
                Tool.assay, ["serve", "--data", scratch.path + "/other", "--port", String(port)])
            #expect(second.code == 1)
            #expect(second.error.contains("port \(port) on 127.0.0.1 is taken"))
        }
    }

    @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("file", Data())
        let refused = try await Tool.run(Tool.assay, ["serve", "--data", file + "/data", "--port", "0"])
        #expect(refused.code == 1)
        #expect(refused.error.contains("cannot make the data folder"))
        let proc = try await Tool.run(Tool.assay, ["serve", "--data", "/proc", "--port", "0"])
        #expect(proc.code == 1)
        #expect(proc.error.contains("cannot write to the data folder /proc"))
    }

    @Test(arguments: [["--port", "70000"], ["--log-level", "loud"]])
    func wrongSettingsAreNamed(arguments: [String]) async throws {
        let scratch = try Scratch()
        let refused = try await Tool.run(Tool.assay, ["serve", "--data", scratch.path + "/data"] + arguments)
        #expect(refused.code == 1)
        #expect(refused.error.contains(arguments[1]))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/data/meta.db"))
    }
}
