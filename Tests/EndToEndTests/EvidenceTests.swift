import Foundation
import RegistryTypes
import Testing

/// A verdict leaves the server and is checked without it, by `assay` and by programs that know nothing of Assay.
@Suite(.serialized, .enabled(if: Project.canRun)) struct EvidenceTests {
    @Test func aVerdictIsCheckedWithoutTheServer() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try await world.pushDataAndRun(Project.make(in: scratch))
            let again = try await world.assay("reproduce", "tide/levels:1", as: .otto)
            #expect(again.code == 0, "\(again.error)")
            let fetched = try await world.assay("evidence", "tide/levels:1", "--out", "evidence", as: .otto)
            #expect(fetched.code == 0, "\(fetched.error)")
            #expect(fetched.output.contains("bit-identical"))
            let key = try await world.shell("$ASSAY key list --pem > server.pem")
            #expect(key.code == 0, "\(key.error)")
            let pulled = try await world.assay("pull", "tide/levels:1", "--into", "pulled")
            #expect(pulled.code == 0, "\(pulled.error)")
        }
        // From here on there is no server.
        let place = scratch.path + "/evidence/reproductions"
        let id = try #require(try FileManager.default.contentsOfDirectory(atPath: place).first)
        let statement = "\(place)/\(id)/statement.json"
        try await assayAgrees(scratch, statement)
        try await othersAgree(scratch, statement)
        try await tamperingIsFound(scratch, statement)
    }

    private func verify(_ scratch: Scratch, _ arguments: String...) async throws -> Tool.Outcome {
        try await Tool.run(
            Tool.assay, ["verify"] + arguments, environment: ["ASSAY_URL": "http://127.0.0.1:1", "NO_COLOR": "1"],
            folder: scratch.path)
    }

    private func assayAgrees(_ scratch: Scratch, _ statement: String) async throws {
        let good = try await verify(scratch, statement, "--key", "server.pem", "pulled")
        #expect(good.code == 0, "\(good.error)")
        #expect(good.output.contains("model:tide/levels:1") && good.output.contains("bit-identical"))
        #expect(good.output.contains("good     harmonics.npy") && good.output.contains("not stated"))
        let provenance = try await verify(scratch, "evidence/provenance.json", "pulled/harmonics.npy")
        #expect(provenance.code == 0, "\(provenance.error)")
        #expect(provenance.output.contains("gitCommit:") && provenance.error.contains("not from you"))
        let json = try await verify(scratch, statement, "--json")
        #expect(try JSONParser.parse(Data(json.output.utf8))["predicate"]?["verdict"]?.string == "bit-identical")
    }

    /// The script of the guide, with OpenSSL.
    private func othersAgree(_ scratch: Scratch, _ statement: String) async throws {
        let guide = URL(filePath: #filePath).appending(path: "../../../docs/how-to/check-a-verdict-yourself.md")
        let text = try String(contentsOf: guide.standardized, encoding: .utf8)
        let script = try #require(text.firstMatch(of: /```python\n((?:.|\n)*?)```/)).1
        try scratch.write("check.py", Data(script.utf8))
        for (file, word) in [(statement, "bit-identical"), ("evidence/provenance.json", "provenance")] {
            let outcome = try await Tool.run(
                "/usr/bin/python3", ["check.py", file, "server.pem", "pulled/harmonics.npy"], folder: scratch.path)
            #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
            #expect(outcome.output.contains("Signature Verified Successfully"))
            #expect(outcome.output.hasSuffix("model:tide/levels:1 \(word)\n"), "\(outcome.output)")
        }
        let wrong = try await Tool.run(
            "/usr/bin/python3", ["check.py", statement, "server.pem", "check.py"], folder: scratch.path)
        #expect(wrong.code == 1 && wrong.error.contains("names no such bytes"))
    }

    private func tamperingIsFound(_ scratch: Scratch, _ statement: String) async throws {
        let file = scratch.path + "/pulled/harmonics.npy"
        let bytes = try Data(contentsOf: URL(filePath: file))
        try (bytes + Data([0])).write(to: URL(filePath: file))
        let changed = try await verify(scratch, statement, "--key", "server.pem", "pulled")
        #expect(changed.code == 5 && changed.output.contains("DIFFERS"), "\(changed.output)")
        try bytes.write(to: URL(filePath: file))
        try Data("x".utf8).write(to: URL(filePath: scratch.path + "/pulled/more.py"))
        let more = try await verify(scratch, statement, "--key", "server.pem", "pulled")
        #expect(more.code == 5 && more.output.contains("UNKNOWN  more.py"), "\(more.output)")

        let envelope = try JSONParser.parse(Data(contentsOf: URL(filePath: statement)))
        var members = try #require(envelope.object)
        let payload = try #require(Data(base64Encoded: members["payload"]?.string ?? ""))
        let better = String(decoding: payload, as: UTF8.self)
            .replacingOccurrences(of: "\"flags\":[", with: "\"flags\":[\"checked\",")
        members["payload"] = .string(Data(better.utf8).base64EncodedString())
        try scratch.write("forged.json", JSONValue.object(members).canonicalBytes())
        let forged = try await verify(scratch, "forged.json", "--key", "server.pem")
        #expect(forged.code == 5 && forged.error.contains("no signature"), "\(forged.error)")
        let script = try await Tool.run(
            "/usr/bin/python3", ["check.py", "forged.json", "server.pem"], folder: scratch.path)
        #expect(script.code == 1 && script.error.contains("not right"))

        // What is no statement at all is as untrue as one that was changed.
        let whole = try Data(contentsOf: URL(filePath: statement))
        for (number, broken) in [whole.dropLast(9), whole + Data("x".utf8), Data(), Data([0xFF, 0xFE])].enumerated() {
            try scratch.write("broken-\(number).json", Data(broken))
            let refused = try await verify(scratch, "broken-\(number).json", "--key", "server.pem")
            #expect(refused.code == 5, "\(number): \(refused)")
        }

        try scratch.write("other.pem", Data(try SigningKey().publicKey.pem.utf8))
        let other = try await verify(scratch, statement, "--key", "other.pem")
        #expect(other.code == 5 && other.error.contains("was not given"), "\(other.error)")
        let none = try await verify(scratch, "forged.json")
        #expect(none.code == 6 && none.error.contains("--key"), "\(none.error)")
    }
}
