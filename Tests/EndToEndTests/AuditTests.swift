import Foundation
import RegistryTypes
import Testing

/// The log leaves the server and is checked by three programs that share no code; what was altered is found and named.
@Suite(.serialized) struct AuditTests {
    /// Go's own implementation of the formats, as Debian has it.
    private static let canRunGo =
        Tool.isThere("/usr/bin/go")
        && (FileManager.default.fileExists(atPath: "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go")
            || ProcessInfo.processInfo.environment["CI"] != nil)

    private static func file(_ path: String) -> String {
        URL(filePath: #filePath).appending(path: "../../../\(path)").standardized.path
    }

    /// Makes some entries that were not there before, and waits until they are signed.
    private func work(_ world: World) async throws {
        let script = """
            for n in 1 2 3; do date +%N > "w$n"; $ASSAY push -q --no-source tide/levels "w$n" || exit 1; done
            """
        let pushed = try await world.shell(script)
        #expect(pushed.code == 0, "\(pushed.error)")
        let signed = try await eventually({ try await status(of: world) }, until: Self.isSigned)
        #expect(Self.isSigned(signed), "\(signed)")
    }

    /// Whether the checkpoint covers all entries.
    private static func isSigned(_ status: JSONValue) -> Bool {
        let lines = status["checkpoint"]?.string?.split(separator: "\n")
        return lines?[1] == status["entries"]?.int.map { Substring(String($0)) }
    }

    /// Changes rows behind the server's back, with its triggers or without.
    private func alter(_ scratch: Scratch, _ sql: String, keepingTriggers: Bool = false) async throws {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in [] if sys.argv[3] == "true" else names:
                db.execute(f'DROP TRIGGER "{name}"')
            assert db.execute(sys.argv[2]).rowcount > 0
            db.commit()
            """
        let done = try await Tool.run(
            "/usr/bin/python3", ["-c", script, scratch.path + "/server/meta.db", sql, "\(keepingTriggers)"])
        #expect(done.code == 0, "\(done.error)")
    }

    /// Asks again and again, for half a minute, until the answer is the right one; returns the last one.
    private func eventually<Answer>(
        _ ask: () async throws -> Answer, until isRight: (Answer) -> Bool
    ) async throws -> Answer {
        for _ in 0..<120 {
            let answer = try await ask()
            if isRight(answer) { return answer }
            try await Task.sleep(for: .milliseconds(250))
        }
        return try await ask()
    }

    private func status(of world: World) async throws -> JSONValue {
        try JSONParser.parse(Data(await world.assay("audit", "status", "--json", as: .admin).output.utf8))
    }

    private func python(_ scratch: Scratch, _ arguments: String...) async throws -> Tool.Outcome {
        try await Tool.run(
            "/usr/bin/python3", ["-B", Self.file("docs/reference/verify_log.py")] + arguments, folder: scratch.path)
    }

    private func offline(_ scratch: Scratch, _ arguments: String...) async throws -> Tool.Outcome {
        try await Tool.run(
            Tool.assay, ["audit"] + arguments, environment: ["ASSAY_URL": "http://127.0.0.1:1", "NO_COLOR": "1"],
            folder: scratch.path)
    }

    /// A kit of a log with a few hundred entries, the proof of a version, and the key.
    private func kit(_ scratch: Scratch) async throws {
        try await World.run(scratch) { world in
            try await work(world)
            // Refusals are entries too, and cheap ones.
            for _ in 0..<26 {
                let refused = try await world.shell(
                    "for n in 1 2 3 4 5 6 7 8 9 10; do $ASSAY namespace create \"new$n\" -q; done; true")
                #expect(refused.code == 0)
            }
            let proof = try await world.assay("audit", "proof", "tide/levels:1", "--out", "levels.tlog-proof")
            #expect(proof.code == 0, "\(proof.error)")
            let status = try await world.assay("audit", "status", "--json", as: .otto)
            let key = try JSONParser.parse(Data(status.output.utf8))["keys"]?.array?.first?["vkey"]?.string
            try scratch.write("log.vkey", Data(try #require(key).utf8))
            let exported = try await world.assay("audit", "export", "kit", as: .admin)
            #expect(exported.code == 0, "\(exported.error)")
            let refused = try await world.assay("audit", "export", "kit2", as: .otto)
            #expect(refused.code == 7, "\(refused.error)")
            let online = try await world.assay("audit", "verify", as: .admin)
            #expect(online.code == 0 && online.output.hasPrefix("good: "), "\(online.error)\(online.output)")
            #expect(online.error.contains("not from you"))
            let grown = try await world.assay("audit", "verify", "--quick", as: .admin)
            #expect(grown.code == 0 && grown.output.contains("grown from"), "\(grown.error)\(grown.output)")
            #expect(!grown.error.contains("not from you"), "the key is known by now")
        }
        let names = try #require(FileManager.default.enumerator(atPath: scratch.path + "/kit")).compactMap {
            $0 as? String
        }
        #expect(names.contains("tile/0/000") && names.contains("tile/1/000.p/1"), "\(names)")
        for name in names where !name.hasPrefix("tile") {
            let text = try String(contentsOfFile: scratch.path + "/kit/" + name, encoding: .utf8)
            #expect(!text.contains("PRIVATE") && !text.contains("assay_"), "\(name)")
        }
    }

    @Test func threeProgramsAgree_andNameWhatWasAltered() async throws {
        let scratch = try Scratch()
        try await kit(scratch)
        let go: String? = Self.canRunGo ? try await Self.buildGo(scratch) : nil
        if go == nil { print("Go is not asked: golang-go and golang-golang-x-mod-dev are missing") }

        func verdicts() async throws -> [(code: Int32, output: String)] {
            var outcomes = [
                try await offline(scratch, "verify", "kit", "--vkey", "log.vkey"),
                try await python(scratch, "kit", "log.vkey"),
            ]
            if let go { outcomes.append(try await Tool.run(go, ["kit", "levels.tlog-proof"], folder: scratch.path)) }
            return outcomes.map { ($0.code, $0.output + $0.error) }
        }
        let good = try await verdicts()
        for verdict in good { #expect(verdict.code == 0 && verdict.output.hasPrefix("good: "), "\(verdict.output)") }
        let root = try #require(good[0].output.firstMatch(of: /root sha256:([0-9a-f]{64})/)).1
        for verdict in good { #expect(verdict.output.contains(root), "\(verdict.output)") }

        func altered(_ name: String, at offset: Int, found: String) async throws {
            let path = "\(scratch.path)/kit/\(name)"
            let bytes = try Data(contentsOf: URL(filePath: path))
            var changed = bytes
            changed[offset] ^= 1
            try changed.write(to: URL(filePath: path))
            let verdicts = try await verdicts()
            for verdict in verdicts { #expect(verdict.code == 5, "\(name): \(verdict.output)") }
            for verdict in verdicts.prefix(2) { #expect(verdict.output.contains(found), "\(name): \(verdict.output)") }
            try bytes.write(to: URL(filePath: path))
        }
        try await altered("tile/entries/000", at: 40, found: "entry 0:")
        try await altered("tile/0/000", at: 8191, found: "tile/0/000:")
        try await altered("tile/1/000.p/1", at: 0, found: "tile/1/000.p/1:")
        try await altered("checkpoint", at: 30, found: "is not right")
        let last = try #require(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/kit/tile/0/001.p").first)
        try await altered("tile/0/001.p/\(last)", at: 5, found: "tile/0/001.p/\(last):")
        try await proofs(scratch)
    }

    private static func buildGo(_ scratch: Scratch) async throws -> String {
        let binary = scratch.path + "/check-log"
        let built = try await Tool.run(
            "/usr/bin/go", ["build", "-o", binary, file("Tests/Fixtures/audit-log/main.go")],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": scratch.path + "/go-cache",
                "GOFLAGS": "-p=1",
            ])
        try #require(built.code == 0, "\(built.error)")
        return binary
    }

    private func proofs(_ scratch: Scratch) async throws {
        let ours = try await offline(scratch, "proof", "levels.tlog-proof", "--check", "--vkey", "log.vkey")
        #expect(ours.code == 0 && ours.output.contains("model:tide/levels:1"), "\(ours.error)")
        let theirs = try await python(scratch, "--proof", "levels.tlog-proof", "log.vkey")
        #expect(theirs.code == 0 && theirs.output.contains("model:tide/levels:1"), "\(theirs.error)")
        let text = try String(contentsOfFile: scratch.path + "/levels.tlog-proof", encoding: .utf8)
        let index = try #require(text.firstMatch(of: /index (\d+)/)).1
        try scratch.write("wrong.tlog-proof", Data(text.replacing("index \(index)", with: "index 1").utf8))
        #expect(try await offline(scratch, "proof", "wrong.tlog-proof", "--check", "--vkey", "log.vkey").code == 5)
        #expect(try await python(scratch, "--proof", "wrong.tlog-proof", "log.vkey").code == 5)
    }

    @Test func aRowThatWasAlteredBehindTheServersBackIsNamed() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in try await work(world) }
        try FileManager.default.copyItem(atPath: scratch.path + "/server", toPath: scratch.path + "/good")
        func verify(
            _ sql: String, keepingTriggers: Bool = false
        ) async throws -> (verify: Tool.Outcome, fsck: Tool.Outcome) {
            try FileManager.default.removeItem(atPath: scratch.path + "/server")
            try FileManager.default.copyItem(atPath: scratch.path + "/good", toPath: scratch.path + "/server")
            try await alter(scratch, sql, keepingTriggers: keepingTriggers)
            let found = Outcomes()
            try await World.run(scratch) { world in
                await found.add(try await world.assay("audit", "verify", as: .admin))
                await found.add(try await world.assay("fsck", as: .admin))
            }
            return await (found.all[0], found.all[1])
        }
        let entry = try await verify(
            "UPDATE audit_entries SET entry = CAST(replace(CAST(entry AS TEXT), 'levels:2', 'levels:7') AS BLOB) "
                + "WHERE CAST(entry AS TEXT) LIKE '%version.create%levels:2%'")
        #expect(entry.verify.code == 5 && entry.verify.output.contains(/ALTERED  entry \d+:/), "\(entry.verify)")
        #expect(entry.fsck.code == 5 && entry.fsck.output.contains("audit:"), "\(entry.fsck)")
        let leaf = try await verify("UPDATE audit_entries SET leaf = zeroblob(32) WHERE sequence = 4")
        #expect(leaf.verify.code == 5 && leaf.verify.output.contains(/ALTERED  tile\/0\/000.p\/\d+:/), "\(leaf.verify)")
        let note = try await verify("UPDATE checkpoints SET note = replace(note, 'assay-log', 'other-log')")
        #expect(note.verify.code == 5, "\(note.verify)")
        let size = try await verify("UPDATE checkpoints SET root = zeroblob(32)")
        #expect(size.fsck.code == 5 && size.fsck.output.contains("checkpoint:"), "\(size.fsck)")
        // The log itself is as it was: what is wrong is a version that nobody approved.
        let approval = try await verify(
            "INSERT INTO decisions (version_id, digest, decision, decided_at, decided_by) "
                + "SELECT id, digest, 'approve', created_at, created_by FROM versions WHERE number = 2",
            keepingTriggers: true)
        #expect(approval.verify.code == 0, "\(approval.verify)")
        #expect(approval.fsck.code == 5 && approval.fsck.output.contains("counts as approved"), "\(approval.fsck)")
    }

    private actor Outcomes {
        private(set) var all: [Tool.Outcome] = []

        func add(_ outcome: Tool.Outcome) { all.append(outcome) }
    }

    @Test func aServerThatShowsAnOlderOrAnotherLogIsRefused() async throws {
        let scratch = try Scratch()
        let (data, old) = (scratch.path + "/server", scratch.path + "/old")
        try await World.run(scratch) { world in try await work(world) }
        try FileManager.default.copyItem(atPath: data, toPath: old)
        try await World.run(scratch) { world in
            try await work(world)
            let seen = try await world.assay("audit", "verify", as: .admin)
            #expect(seen.code == 0, "\(seen)")
            let status = try await world.shell("$ASSAY audit status --json", as: .admin)
            try scratch.write("status.json", Data(status.output.utf8))
        }
        // The whole folder is put back, with all that could tell: only who has seen more knows.
        try FileManager.default.removeItem(atPath: data)
        try FileManager.default.moveItem(atPath: old, toPath: data)
        let home = scratch.path + "/home/.config/assay/logs.json"
        let logs = try JSONParser.parse(Data(contentsOf: URL(filePath: home)))
        try await World.run(scratch) { world in
            // The port is another one each time; the memory is of the server's address.
            let known = try #require(logs.object?.values.first)
            try JSONValue.object([world.server.url: known]).canonicalBytes().write(to: URL(filePath: home))
            for arguments in [["audit", "verify"], ["audit", "verify", "--quick"]] {
                let refused = try await Tool.run(
                    Tool.assay, arguments, environment: world.environment(of: .admin), folder: scratch.path)
                #expect(refused.code == 5 && refused.error.contains("older log than before"), "\(refused)")
            }
            for _ in 0..<3 { try await work(world) }
            let forked = try await world.assay("audit", "verify", "--quick", as: .admin)
            #expect(forked.code == 5 && forked.error.contains("are other ones"), "\(forked)")
        }
    }

    @Test func afterARestoreOnlyANewEpochIsSigned_andClientsAreTold() async throws {
        let scratch = try Scratch()
        let backups = scratch.path + "/backups"
        try await World.run(scratch, environment: ["ASSAY_BACKUPS": backups]) { world in
            try await work(world)
            let made = try await world.assay("backup", as: .admin)
            #expect(made.code == 0, "\(made.error)")
            try await work(world)
            let verified = try await world.assay("audit", "verify", as: .admin)
            #expect(verified.code == 0, "\(verified)")
        }
        let home = scratch.path + "/home/.config/assay/logs.json"
        let known = try #require(JSONParser.parse(Data(contentsOf: URL(filePath: home))).object?.values.first)
        let token = try Data(contentsOf: URL(filePath: scratch.path + "/server/admin-token"))
        try FileManager.default.removeItem(atPath: scratch.path + "/server")
        let restored = try await Tool.run(Tool.assay, ["restore", backups, "--data", scratch.path + "/server"])
        #expect(restored.code == 0, "\(restored.error)")
        try token.write(to: URL(filePath: scratch.path + "/server/admin-token"))
        try await World.run(scratch) { world in
            try JSONValue.object([world.server.url: known]).canonicalBytes().write(to: URL(filePath: home))
            let status = try await eventually {
                try await world.assay("audit", "status", as: .admin)
            } until: {
                $0.code == 5
            }
            #expect(status.output.contains("NOT SIGNED"), "\(status)")
            let older = try await world.assay("audit", "verify", as: .admin)
            #expect(older.code == 5 && older.error.contains("older log"), "\(older)")
            let epoch = try await world.assay("audit", "new-epoch", "--reason", "the disk failed", as: .admin)
            #expect(epoch.code == 0 && epoch.output.contains("epoch 2"), "\(epoch)")
            // It is signed within the pause after a failure.
            let signed = try await eventually {
                try await world.assay("audit", "status", as: .admin)
            } until: {
                $0.code == 0 && $0.output.contains("/2\n")
            }
            #expect(signed.code == 0, "\(signed)")
            let other = try await world.assay("audit", "verify", as: .admin)
            #expect(other.code == 5 && other.error.contains("--accept-epoch"), "\(other)")
            #expect(other.error.contains("epoch 2 since") && other.error.contains("lost"), "\(other)")
            let accepted = try await world.assay("audit", "verify", "--accept-epoch", as: .admin)
            #expect(accepted.code == 0, "\(accepted)")
            #expect(try await world.assay("audit", "verify", as: .admin).code == 0)
        }
    }

    /// The overlap of a week is over, as far as the server knows, when somebody comes back who saw the old key alone.
    @Test func whoComesBackAfterAChangeOfKeysGetsToTheNewOne() async throws {
        let scratch = try Scratch()
        let home = scratch.path + "/home/.config/assay/logs.json"
        try await World.run(scratch) { world in
            try await work(world)
            let seen = try await world.assay("audit", "verify", "--quick", as: .admin)
            #expect(seen.code == 0, "\(seen)")
            let key = try await status(of: world)["keys"]?.array?.first?["vkey"]?.string
            try scratch.write("old.vkey", Data(try #require(key).utf8))
            #expect(try await world.assay("audit", "rotate-key", as: .admin).code == 0)
            try await work(world)
        }
        let known = try #require(JSONParser.parse(Data(contentsOf: URL(filePath: home))).object?.values.first)
        try await alter(scratch, "UPDATE log_keys SET valid_until = valid_from + 1 WHERE valid_until IS NOT NULL")
        func comeBack(_ expected: Int32) async throws {
            try await World.run(scratch) { world in
                try await work(world)
                try JSONValue.object([world.server.url: known]).canonicalBytes().write(to: URL(filePath: home))
                let signed = try await status(of: world)["checkpoint"]?.string
                #expect(signed?.split(separator: "\n").count { $0.hasPrefix("—") } == 1)
                let quick = try await world.assay("audit", "verify", "--quick", as: .admin)
                #expect(quick.code == expected, "\(quick)")
                try JSONValue.object([world.server.url: known]).canonicalBytes().write(to: URL(filePath: home))
                let whole = try await world.assay("audit", "verify", as: .admin)
                #expect(whole.code == expected, "\(whole)")
                #expect(try await world.assay("audit", "export", "kit-\(expected)", as: .admin).code == 0)
            }
            let kit = try await offline(scratch, "verify", "kit-\(expected)", "--vkey", "old.vkey")
            #expect(kit.code == expected, "\(kit)")
            #expect(try await python(scratch, "kit-\(expected)").code == 0, "its own key is right all the same")
        }
        try await comeBack(0)
        try await alter(scratch, "DELETE FROM log_handovers")
        try await comeBack(5)
    }

    @Test func checkpointsAreWithinASecond_atTheEnd_andElsewhere() async throws {
        let scratch = try Scratch()
        let (folder, repository) = (scratch.path + "/elsewhere", scratch.path + "/log.git")
        let made = try await Tool.run("/usr/bin/git", ["init", "--quiet", "--bare", repository])
        try #require(made.code == 0, "\(made.error)")
        let environment = [
            "ASSAY_LOG_FOLDER": folder, "ASSAY_LOG_GIT": repository, "ASSAY_LOG_INTERVAL": "1s",
            "PATH": "/usr/bin:/bin",
        ]
        try await World.run(scratch, environment: environment) { world in
            try await work(world)
            let signed = try await status(of: world)
            let kept = try await eventually {
                try? String(contentsOfFile: folder + "/checkpoint", encoding: .utf8)
            } until: {
                $0 == signed["checkpoint"]?.string
            }
            #expect(kept == signed["checkpoint"]?.string, "\(signed)")
            // One more, right before the end.
            let namespace = try await world.assay("namespace", "create", "last", as: .admin)
            #expect(namespace.code == 0)
        }
        let last = try String(contentsOfFile: folder + "/checkpoint", encoding: .utf8)
        let head = try String(contentsOfFile: scratch.path + "/server/log-head", encoding: .utf8)
        #expect(last == head)
        func git(_ arguments: String...) async throws -> String {
            try await Tool.run("/usr/bin/git", ["--git-dir", repository] + arguments).output
        }
        #expect(try await git("show", "assay-log:checkpoint") == last)
        let commits = try await git("log", "--format=%s", "assay-log").split(separator: "\n")
        #expect(commits.count >= 2 && commits.allSatisfy { $0.hasPrefix("Checkpoint of ") }, "\(commits)")
        // Who holds one needs nothing that the server has seen.
        try await World.run(scratch, environment: environment) { world in
            let verified = try await world.assay(
                "audit", "verify", "--checkpoint", folder + "/checkpoint", as: .admin)
            #expect(verified.code == 0, "\(verified)")
            let idle = try String(contentsOfFile: scratch.path + "/server/log-head", encoding: .utf8)
            try await Task.sleep(for: .seconds(2))
            #expect(try String(contentsOfFile: scratch.path + "/server/log-head", encoding: .utf8) == idle)
        }
    }

    @Test func aKillForksNothing() async throws {
        let scratch = try Scratch()
        for _ in 0..<3 {
            try await World.run(scratch) { world in
                try await work(world)
                world.server.kill()
            }
        }
        try await World.run(scratch) { world in
            let verified = try await world.assay("audit", "verify", as: .admin)
            #expect(verified.code == 0, "\(verified)")
            #expect(try await world.assay("audit", "status", as: .admin).code == 0)
        }
    }

    @Test(arguments: [
        "--upload-pack=touch x", "ext::sh -c touch% x", "-oProxyCommand=x@y:z", "http://x/y", "u@h:-x", "relative/path",
    ])
    func strangeRepositoriesAreRefused(address: String) async throws {
        let scratch = try Scratch()
        let refused = try await Tool.run(
            Tool.assay, ["serve", "--data", scratch.path + "/data", "--port", "0"],
            environment: ["ASSAY_LOG_GIT": address],
            folder: scratch.path)
        #expect(refused.code == 1 && refused.error.contains("the git repository for checkpoints"), "\(refused)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }
}
