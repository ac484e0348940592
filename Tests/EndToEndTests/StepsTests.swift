import Foundation
import RegistryTypes
import Testing

/// An `assay.yaml` of two steps: the data that one makes is what the other learns from.
@Suite(.serialized, .enabled(if: Project.canRun)) struct StepsTests {
    private static let prepare = """
        import os, sys
        rows = open(os.environ['ASSAY_INPUTS'] + '/raw/levels.csv').read().splitlines()
        open(os.environ['ASSAY_OUTPUTS'] + '/even.csv', 'w').write('\\n'.join(rows[::2]) + '\\n')

        """
    private static let train = """
        import json, os, struct
        rows = open(os.environ['ASSAY_INPUTS'] + '/even/even.csv').read().splitlines()[1:]
        factor = json.load(open(os.environ['ASSAY_PARAMS']))['factor']
        total = factor * sum(float(row.split(',')[1]) for row in rows)
        head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"
        head += b' ' * (-(len(head) + 11) % 64) + b'\\n'
        with open(os.environ['ASSAY_OUTPUTS'] + '/w.npy', 'wb') as file:
            file.write(b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(head)) + head + struct.pack('<d', total))

        """
    private static let recipe = """
        schema: assay/v1
        seed: 7
        steps:
          - name: prepare
            folder: prepare
            dataset: tide/even
            inputs: [{name: raw, dataset: tide/readings:1}]
            run: [python3, prepare.py]
            outputs: [{path: even.csv, role: data}]
          - name: train
            folder: train
            model: tide/sum
            parameters: {factor: 1.0}
            inputs: [{name: even, step: prepare}]
            train: [python3, train.py]
            outputs: [{path: w.npy, role: weights}]

        """

    private func make(in scratch: Scratch) async throws -> Project {
        let project = try await Project.make(in: scratch)
        try scratch.write("project/prepare/prepare.py", Data(Self.prepare.utf8))
        try scratch.write("project/train/train.py", Data(Self.train.utf8))
        try project.write("assay.yaml", Self.recipe)
        try await project.commit()
        return project
    }

    @Test func onlyStepsThatChangedAreRun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await make(in: scratch)
            try await world.pushData()
            let first = try await world.assay("run", project.folder)
            #expect(first.code == 0, "\(first.error)")
            #expect(first.output.contains("pushed tide/even:1") && first.output.contains("pushed tide/sum:1"))

            let again = try await world.assay("run", project.folder)
            #expect(again.code == 0, "\(again.error)")
            #expect(again.output.contains("unchanged prepare: tide/even:1  run:"), "\(again.output)")
            #expect(again.output.contains("unchanged train: tide/sum:1  run:"), "\(again.output)")

            let other = try await world.assay("run", project.folder, "--param", "factor=2.0")
            #expect(other.output.contains("unchanged prepare") && other.output.contains("pushed tide/sum:2"))

            // Another commit with the same files in the step's folder is no other source.
            try project.write("train/train.py", Self.train + "# a remark\n")
            try await project.commit()
            let edited = try await world.assay("run", project.folder)
            #expect(edited.output.contains("unchanged prepare: tide/even:1"), "\(edited.output)")
            #expect(edited.output.contains("pushed tide/sum:3"), "\(edited.output)")

            try project.write("prepare/prepare.py", Self.prepare.replacing("[::2]", with: "[::3]"))
            try await project.commit()
            let both = try await world.assay("run", project.folder)
            #expect(both.output.contains("pushed tide/even:2") && both.output.contains("pushed tide/sum:4"))

            let forced = try await world.assay("run", project.folder, "--force", "--step", "prepare")
            #expect(forced.output.contains("pushed tide/even:3"), "\(forced.output)\(forced.error)")
            #expect(try await world.versions(of: "models/tide/sum") == 4)
        }
    }

    @Test func everyStepIsReproducedAndHasItsLineage() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await make(in: scratch)
            try await world.pushData()
            let run = try await world.assay("run", project.folder)
            try #require(run.code == 0, "\(run.error)")

            for version in ["dataset:tide/even:1", "tide/sum:1"] {
                let again = try await world.assay("reproduce", version, "--json", as: .otto)
                #expect(again.code == 0, "\(again.error)")
                #expect(try JSONParser.parse(Data(again.output.utf8))["verdict"]?["verdict"]?.string == "bit-identical")
            }
            let pushed = try await world.assay("reproduce", "dataset:tide/readings:1")
            #expect(pushed.code == 2 && pushed.output.contains("no-recipe"), "\(pushed.output)\(pushed.error)")

            let list = try await world.assay("reproduction", "list", "dataset:tide/even:1", as: .otto)
            #expect(list.output.contains("bit-identical"), "\(list.output)\(list.error)")
            let report = try await world.assay("report", "dataset:tide/even:1", as: .otto)
            #expect(report.output.contains("bit-identical"), "\(report.output)\(report.error)")

            let up = try await world.assay("lineage", "tide/sum:1", "--direction", "up", as: .otto)
            #expect(up.output.contains("dataset:tide/even:1"), "\(up.output)")
            #expect(up.output.contains("dataset:tide/readings:1"), "\(up.output)")
            let down = try await world.assay("lineage", "dataset:tide/readings:1", "--direction", "down", as: .otto)
            #expect(down.output.contains("model:tide/sum:1"), "\(down.output)")
            let page = try await world.assay("dataset", "show", "tide/even:1")
            #expect(page.output.contains("reproduced") && page.output.contains("bit-identical"), "\(page.output)")
        }
    }

    @Test func aStepThatFailsEndsTheRun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await make(in: scratch)
            try project.write("prepare/prepare.py", "raise SystemExit(5)\n")
            try await project.commit()
            try await world.pushData()
            let run = try await world.assay("run", project.folder)
            #expect(run.code == 3 && run.error.contains("exit-code"), "\(run.error)")
            #expect(try await world.versions(of: "models/tide/sum") == 0)
            for arguments in [["--no-push"], ["--idempotency-key", "k"], ["--step", "tarin"]] {
                let refused = try await world.shell("$ASSAY run project \(arguments.joined(separator: " "))")
                #expect(refused.code == 1 && refused.error.contains("step"), "\(refused.error)")
            }
        }
    }
}
