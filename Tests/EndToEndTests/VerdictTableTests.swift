import Foundation
import RegistryTypes
import Testing

/// Every verdict and every reason, reached by a real run: pushed, queued, repeated in the sandbox by the server's worker,
/// compared by the server.
@Suite(.serialized, .enabled(if: Project.canRun)) struct VerdictTableTests {
    private typealias Row = VerdictTable.Row

    @Test func everyVerdictIsReachedByARun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            for row in VerdictTable.rows {
                try await Self.push(row, in: world)
                try await Self.harm(row, in: world)
                let again = try await world.shell(
                    "$ASSAY \(row.command) tide/\(row.name):1 --json \(row.arguments.joined(separator: " "))")
                #expect(again.code == row.code, "\(row.name): \(again.error)")
                let verdict = try JSONParser.parse(Data(again.output.utf8))["verdict"]
                #expect(verdict?["verdict"]?.string == row.verdict, "\(row.name): \(again.output)")
                #expect(verdict?["reason"]?.string == row.reason, "\(row.name): \(again.output)")
                let sentence = verdict?["explanation"]?.string ?? ""
                #expect(row.sentence.map(sentence.contains) ?? true, "\(row.name): \(again.output)")
                let output = verdict?["outputs"]?.array?.first?["reason"]?.string
                #expect(row.outputReason == nil || output == row.outputReason, "\(row.name): \(again.output)")
                let flags = verdict?["flags"]?.array?.compactMap(\.string) ?? []
                #expect(row.flags.allSatisfy(flags.contains), "\(row.name): \(flags)")
            }
        }
    }

    /// What the code can say and what the tests reach are the same: a new reason needs a run that ends with it.
    @Test func nothingCanBeSaidThatNoRunReaches() {
        let rows = VerdictTable.rows
        let reasons = Set(rows.compactMap(\.reason) + StagedVerdictTests.stages.map(\.reason.rawValue))
        #expect(reasons.symmetricDifference(VerdictReason.allCases.map(\.rawValue)).sorted() == [])
        #expect(Set(rows.map(\.verdict)) == Set(Verdict.Outcome.allCases.map(\.rawValue)))
        let outputs = Set(rows.compactMap(\.outputReason) + rows.compactMap(\.reason))
        #expect(Set(OutputReason.allCases.map(\.rawValue)).subtracting(outputs).sorted() == [])
    }

    @Test func aCancelledRunHasNoVerdict() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try await Self.push(
                Row(
                    name: "endless",
                    script: "weights([1]); metrics()\nwhile again: print('on', flush=True); time.sleep(0.1)",
                    code: 3, verdict: ""), in: world)
            let queued = try await world.assay("reproduce", "tide/endless:1", "--no-wait")
            let id = queued.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let ended = try await world.shell(
                """
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id)/log | grep -q on
                do sleep 0.1; done
                curl -s -X POST -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id)/cancel > /dev/null
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id) \
                | grep -q '"state":"cancelled"'; do sleep 0.1; done
                """)
            #expect(ended.code == 0, "\(ended.error)")
        }
    }

    /// Makes the version of a row, by a run on this machine.
    static func push(_ row: VerdictTable.Row, in world: World) async throws {
        let folder = "\(world.scratch.path)/\(row.name)"
        try world.scratch.write("\(row.name)/train.py", Data((VerdictTable.helper + row.script + "\n").utf8))
        var inputs = "[]"
        if row.hasInput {
            inputs = "[{name: data, dataset: tide/\(row.name)-data:1, phase: train}]"
            try world.scratch.write("\(row.name)-data.csv", data(of: row))
        }
        try world.scratch.write(
            "\(row.name)/assay.yaml",
            Data(
                """
                schema: assay/v1
                model: tide/\(row.name)
                seed: 1
                train: [/usr/bin/python3, train.py]
                inputs: \(inputs)
                outputs: \(row.outputs)
                resources: \(row.resources)
                \(row.extra)

                """.utf8))
        let made = try await world.shell(
            """
            \(row.hasInput ? "$ASSAY dataset push tide/\(row.name)-data ../\(row.name)-data.csv &&" : "true &&") \
            git init -q -b main && git add --all && git commit -qm Train && \
            \(row.isDirty ? "echo '# changed' >> train.py && $ASSAY run --allow-dirty" : "$ASSAY run")
            """, in: folder)
        try #require(made.code == 0, "\(row.name): \(made.error)")
    }

    private static func data(of row: Row) -> Data { Data("a,b\n\(row.name),1\n".utf8) }

    /// Does to the store what a failing disk does.
    private static func harm(_ row: Row, in world: World) async throws {
        guard row.mischief != .none else { return }
        let record = try await world.http("GET", "models/tide/\(row.name)/versions/1").json
        switch row.mischief {
        case .none: break
        case .loseInput: try world.replaceStored(data(of: row), by: nil)
        case .changeInput: try world.replaceStored(data(of: row), by: Data(data(of: row).reversed()))
        case .loseSource:
            try world.loseStored(try #require(record["run"]?["recipe"]?["source"]?["bundle"]?.string))
        case .loseWeights:
            let file = record["files"]?.array?.first { $0["path"]?.string == "w.safetensors" }
            try world.loseStored(try #require(file?["sha256"]?.string))
        }
    }
}

extension World {
    /// Does to the store what a failing disk does to the bytes of a digest.
    func loseStored(_ digest: String) throws {
        let hex = digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest
        try FileManager.default.removeItem(atPath: "\(server.data)/blobs/sha256/\(hex.prefix(2))/\(hex)")
    }
}
