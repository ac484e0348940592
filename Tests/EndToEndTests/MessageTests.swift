import Foundation
import RegistryTypes
import Testing

/// What the command line says to programs and to people, beside its results.
@Suite(.enabled(if: Project.canRun)) struct MessageTests {
    @Test func withJSONAnErrorIsOneObjectOnStandardError() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            for (arguments, code, exit) in [
                ("show tide/none:1", "not-found", 6), ("show", "usage", 1), ("lineage --wrong", "usage", 1),
                ("namespace create other", "forbidden", 7),
                ("show tide/none:1 --url http://127.0.0.1:1", "server-unreachable", 8),
                ("push tide/x nothing.bin --no-source", "not-found", 6),
            ] {
                let said = try await world.shell("$ASSAY \(arguments) --json")
                #expect(said.code == exit && said.output.isEmpty, "\(arguments): \(said)")
                let lines = said.error.split(separator: "\n")
                let error = try JSONParser.parse(Data((lines.last ?? "").utf8))["error"]
                #expect(error?["code"]?.string == code, "\(arguments): \(said.error)")
                #expect(error?["exit"]?.int == exit)
                #expect(error?["message"]?.string?.isEmpty == false && error?["details"]?.object != nil)
                #expect(lines.count == 1, "\(arguments): \(said.error)")
                let plain = try await world.shell("$ASSAY \(arguments)")
                #expect(plain.code == exit && !plain.error.contains("{\"error\""), "\(arguments): \(plain)")
            }
        }
    }

    @Test func aRunSaysWhatItsRecipeDoesNotSpeakOf() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let script = #"weights([1]); metrics(); os.mkdir(out + "logs"); open(out + "logs/epoch\n1", "w")"#
            try await VerdictTableTests.push(
                .init(
                    name: "typo", script: script,
                    extra:
                        "compare: {metrics: {mae: {absolute: 1.0}, mse: {absolute: 1.0}}, tensors: {weight: {absolute: 1.0}}}",
                    code: 0, verdict: ""), in: world)
            let run = try await world.assay("run", "--quiet", in: scratch.path + "/typo")
            #expect(run.code == 0, "\(run)")
            #expect(run.error.contains(#"so they are not kept: "logs/epoch\n1""#), "\(run.error)")
            #expect(
                run.error.contains(#"the metric "mae", which the run did not measure; it measured mse"#), "\(run.error)"
            )
            #expect(run.error.contains(#""weight", which is the name of no tensor; there are w"#), "\(run.error)")
        }
    }
}
