import Foundation
import RegistryTypes
import Testing

/// What somebody does who has never used Assay.
@Suite(.serialized) struct NewUserTests {
    @Test(arguments: [
        "list", "push tide/levels weights.bin --no-source", "show tide/levels:1", "reproduce tide/levels:1",
    ])
    func aServerThatIsNotThereIsNamed(command: String) async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        let refused = try await Tool.run(
            "/bin/sh", ["-c", "\(Tool.assay) \(command)"],
            environment: ["ASSAY_URL": "http://127.0.0.1:1", "HOME": scratch.path, "ASSAY_TOKEN": "assay_x"],
            folder: scratch.path)
        #expect(refused.code == 8)
        #expect(
            refused.error
                == "assay: http://127.0.0.1:1 cannot be reached: connection refused. Check that the server runs and "
                + "that --url or ASSAY_URL names it\n")
    }

    @Test func theDoctorSaysWhatIsWrongOnce() async throws {
        let scratch = try Scratch()
        let said = try await Tool.run(
            Tool.assay, ["doctor"],
            environment: ["ASSAY_URL": "http://127.0.0.1:1", "HOME": scratch.path, "ASSAY_TOKEN": "assay_x"],
            folder: scratch.path)
        #expect(said.code == 1)
        #expect(said.output.contains("FAIL  server: http://127.0.0.1:1 cannot be reached"), "\(said.output)")
        #expect(said.output.contains("FAIL  token: not checked, because the server did not answer"), "\(said.output)")
        #expect(said.output.contains("ok    git"), "\(said.output)")
    }

    @Test(arguments: [
        (["push"], "Missing expected argument '<model>'"),
        (["push", "tide/levels"], "Missing expected argument '<files>"),
        (["reproduce"], "Missing expected argument '<version>'"), (["nonsense"], "Unexpected argument 'nonsense'"),
        (["show", "levels"], "is not of the form namespace/name"), (["init"], "Missing expected argument '<model>'"),
        (["run"], "`assay init namespace/name` writes one"),
        (["reproduce", "a/b:1", "--minimum", "best"], "bit-identical"),
    ])
    func mistakesOfUsageEndWithOne(arguments: [String], sentence: String) async throws {
        let scratch = try Scratch()
        let refused = try await Tool.run(
            Tool.assay, arguments, environment: ["HOME": scratch.path], folder: scratch.path)
        #expect(refused.code == (arguments == ["run"] ? 6 : 1))
        #expect(refused.error.contains(sentence), "\(refused.error)")
        #expect(refused.output.isEmpty)
    }

    @Test func everyAnswerIsJSONForWhoAsksForIt() async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        try await World.run(scratch) { world in
            for command in [
                "push tide/levels weights.bin --no-source", "dataset push tide/readings weights.bin", "list",
                "list tide",
                "list tide/levels", "show tide/levels:1", "dataset list", "dataset list tide/readings",
                "dataset show tide/readings:1", "alias set tide/levels:1 canary", "alias list tide/levels",
                "alias history tide/levels canary", "alias remove tide/levels canary", "lineage tide/levels:1",
                "pull tide/levels:1 --into a", "dataset pull tide/readings:1 --into b", "token list", "namespace list",
                "namespace members tide", "audit log --namespace tide", "reproduce tide/levels:1",
                "reproduce tide/levels:1 --no-wait", "namespace create other",
                "token create --principal eve --namespace tide --role reader",
                "namespace set-member tide eve --role reader",
            ] {
                let said = try await world.shell("$ASSAY \(command) --json", as: .admin)
                #expect(said.code == (command == "reproduce tide/levels:1" ? 2 : 0), "\(command): \(said.error)")
                #expect(throws: Never.self, "\(command): \(said.output)") {
                    _ = try JSONParser.parse(Data(said.output.utf8))
                }
            }
        }
    }

    @Test func filesWithOddNamesAndNone() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let name = String(repeating: "n", count: 255)
            let said = try await world.shell(
                """
                mkdir -p odd/empty && : > odd/zero && echo x > odd/\(name) && echo x > odd/.hidden && ln -s zero odd/link
                $ASSAY dataset push tide/readings odd && $ASSAY dataset pull tide/readings:1 --into back
                rmdir odd/empty && diff -r odd back && readlink back/link
                """)
            #expect(said.code == 0, "\(said)")
            #expect(said.output.hasSuffix("zero\n"))
            for (make, sentence, code) in [
                (":", "there is no file to push", 1), ("rmdir bad", "there is no file or folder bad", 6),
                ("mkfifo bad/pipe", "is neither a file, a folder nor a link", 1),
                ("ln -s /etc/passwd bad/link", "leads out of the folder", 1),
                ("mkdir bad/a && ln -s .. bad/a/up && ln -s a/up/../.. bad/link", "leads out of the folder", 1),
                ("echo x > 'bad/back\\slash'", "is not a file path", 1),
                ("echo x > \"bad/$(printf 'a\\nb')\"", "is not a file path", 1),
                ("echo x > bad/a; echo x > bad/A", "differ only in case", 1),
            ] {
                let refused = try await world.shell(
                    "mkdir bad; \(make); $ASSAY dataset push tide/bad bad; code=$?; rm -rf bad; exit $code")
                #expect(refused.code == Int32(code), "\(make): \(refused)")
                #expect(refused.error.contains(sentence), "\(make): \(refused.error)")
            }
            #expect(try await world.versions(of: "datasets/tide/bad") == 0)
            let taken = try await world.shell("echo x > file; $ASSAY dataset pull tide/readings:1 --into file")
            #expect(taken.code == 1)
            #expect(taken.error.contains("is a file, not a folder; choose another place"), "\(taken.error)")
            #expect(try String(contentsOfFile: scratch.path + "/file", encoding: .utf8) == "x\n")
        }
    }
}
