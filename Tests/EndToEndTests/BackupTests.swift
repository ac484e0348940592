import Foundation
import RegistryTypes
import Subprocess
import Testing

/// Invariants I19, I22 and I23 with the built binary: destruction and recovery, and kills at every step.
@Suite(.serialized) struct BackupTests {
    private func tool(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool.Outcome {
        try await Tool.run(Tool.assay, arguments, environment: environment)
    }

    private func put(_ text: String, to server: Server) async throws -> String {
        try await Tool.curl(
            "-X", "PUT", "--data-binary", text, "-o", "/dev/null", "-w", "%{http_code}",
            "-H", "Authorization: Bearer \(server.adminToken)",
            "\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(Data(text.utf8)))"
        ).output
    }

    private func get(_ text: String, from server: Server) async throws -> String {
        try await Tool.curl(
            "-H", "Authorization: Bearer \(server.adminToken)",
            "\(server.url)/api/v1/namespaces/demo/blobs/\(Digest.of(Data(text.utf8)))"
        ).output
    }

    @Test func I22_whatWasAcknowledgedBeforeIsThereAfterTheDestruction() async throws {
        let scratch = try Scratch()
        let (data, backups, restored) = (scratch.path + "/data", scratch.path + "/backups", scratch.path + "/restored")
        let token = scratch.path + "/token"
        try await Server.run(data: data, arguments: ["--backups", backups]) { server in
            try Data(server.adminToken.utf8).write(to: URL(filePath: token))
            let namespace = try await server.assay("namespace", "create", "demo")
            #expect(namespace.code == 0)
            for index in 0..<5 { #expect(try await put("before \(index)", to: server) == "201") }
            // Writes go on while the backup is made.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 0..<20 {
                        let status = try await put("meanwhile \(index)", to: server)
                        #expect(status == "201")
                    }
                }
                group.addTask {
                    for _ in 0..<3 {
                        let made = try await server.assay("backup", "--verify", "--keep", "2")
                        #expect(made.code == 0, "\(made.error)")
                    }
                }
                try await group.waitForAll()
            }
            let list = try await server.assay("backup", "list", "--json")
            #expect(try JSONParser.parse(Data(list.output.utf8))["items"]?.array?.count == 2)
            #expect(try await server.assay("fsck", "--read-data").code == 0)
        }
        try FileManager.default.removeItem(atPath: data)
        let made = try await tool("restore", backups, "--data", restored)
        #expect(made.code == 0, "\(made.error)")
        let checked = try await tool("fsck", "--data", restored, "--read-data", "--json")
        #expect(checked.code == 0, "\(checked.output)")
        try FileManager.default.copyItem(atPath: token, toPath: restored + "/admin-token")
        try await Server.run(data: restored) { server in
            for index in 0..<5 { #expect(try await get("before \(index)", from: server) == "before \(index)") }
            let status = try await put("after", to: server)
            #expect(status == "201")
        }
        let refused = try await tool("restore", backups, "--data", restored)
        #expect(refused.code == 1 && refused.error.contains("is not empty"))
    }

    @Test(arguments: FailurePoint.ofBackup) func I23_aKillInABackupLeavesTheEarlierOnes(point: FailurePoint)
        async throws
    {
        let scratch = try Scratch()
        let (data, backups) = (scratch.path + "/data", scratch.path + "/backups")
        try await Server.run(data: data, arguments: ["--backups", backups]) { server in
            let namespace = try await server.assay("namespace", "create", "demo")
            #expect(namespace.code == 0)
            #expect(try await put("first", to: server) == "201")
            #expect(try await server.assay("backup").code == 0)
            #expect(try await put("second", to: server) == "201")
        }
        let killed = try await Server.run(
            data: data, environment: ["ASSAY_FAILURE_POINT": point.rawValue], arguments: ["--backups", backups]
        ) { server in
            let cut = try await server.assay("backup")
            #expect(cut.code == 8)
        }
        #expect(killed == .signaled(SIGKILL))
        let restored = try await tool("restore", backups, "--data", scratch.path + "/restored", "--json")
        #expect(restored.code == 0, "\(restored.error)")
        let blobs = try JSONParser.parse(Data(restored.output.utf8))["blobs"]?.int
        #expect(blobs == (point == .backupMadeKnown ? 2 : 1))
        // The next server says what became of it, and makes the next backup.
        try await Server.run(data: data, arguments: ["--backups", backups]) { server in
            let next = try await server.assay("backup", "--verify")
            #expect(next.code == 0, "\(next.error)")
            let list = try await server.assay("backup", "list", "--json")
            let count = try JSONParser.parse(Data(list.output.utf8))["items"]?.array?.count
            #expect(count == (point == .backupMadeKnown ? 3 : 2))
            #expect(try await server.assay("fsck", "--read-data").code == 0)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: backups + "/uploads")
        #expect(left.isEmpty)
    }

    @Test func I22_aKillInARestoreGivesNoFolderItsName() async throws {
        let scratch = try Scratch()
        let (data, backups) = (scratch.path + "/data", scratch.path + "/backups")
        try await Server.run(data: data, arguments: ["--backups", backups]) { server in
            let namespace = try await server.assay("namespace", "create", "demo")
            #expect(namespace.code == 0)
            for index in 0..<3 { #expect(try await put("blob \(index)", to: server) == "201") }
            #expect(try await server.assay("backup").code == 0)
        }
        let target = scratch.path + "/restored"
        for point in FailurePoint.ofRestore {
            try? FileManager.default.removeItem(atPath: target)
            let killed = try await tool(
                "restore", backups, "--data", target, environment: ["ASSAY_FAILURE_POINT": point.rawValue])
            #expect(killed.code == 128 + SIGKILL)
            #expect(FileManager.default.fileExists(atPath: target) == (point == .restoreNamed), "\(point)")
            if point != .restoreNamed {
                let again = try await tool("restore", backups, "--data", target)
                #expect(again.code == 0, "\(point): \(again.error)")
            }
            #expect(try await tool("fsck", "--data", target, "--read-data").code == 0)
            #expect(!FileManager.default.fileExists(atPath: target + ".restoring"))
        }
    }

    @Test func I19_aFlippedByteIsFoundByAPullAndRepairedByAPush() async throws {
        let scratch = try Scratch()
        let weights = try scratch.write("weights.bin", Data(repeating: 7, count: 3 << 20))
        try await World.run(scratch) { world in
            func push() async throws -> Tool.Outcome {
                try await world.assay("push", "tide/levels", weights, "--no-source")
            }
            #expect(try await push().code == 0)
            let path = world.stored(Data(repeating: 7, count: 3 << 20))
            chmod(path, 0o640)
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.seek(toOffset: 1_000_000)
            try file.write(contentsOf: Data([8]))
            try file.close()
            let pulled = try await world.assay("pull", "tide/levels:1", "--into", "got")
            #expect(pulled.code == 5, "\(pulled)")
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/got/weights.bin"))
            let status = try await world.assay("scrub", "status", as: .admin)
            #expect(status.code == 5 && status.output.contains("wrong-bytes"))
            let checked = try await world.assay("fsck", as: .admin)
            #expect(checked.code == 5 && checked.output.contains("1 found wrong"))
            #expect(try await push().code == 0)
            #expect(try await world.assay("pull", "tide/levels:1", "--into", "got").code == 0)
            #expect(try await world.assay("scrub", "status", as: .admin).code == 0)
            #expect(try await world.assay("fsck", "--read-data", as: .admin).code == 0)
        }
    }

    @Test func backupsNeedAFolderThatTheServerNames() async throws {
        let scratch = try Scratch()
        try await Server.run(data: scratch.path + "/data") { server in
            let refused = try await server.assay("backup")
            #expect(refused.code == 1 && refused.error.contains("--backups"))
        }
        let wrong = try await tool("serve", "--data", scratch.path + "/x", "--backup-interval", "6")
        #expect(wrong.code == 1 && wrong.error.contains("needs --backups"))
    }
}
