import Foundation
import RegistryTypes
import Testing

/// `assay reproduce --check`, `assay run --check` and `assay diff`, as people use them.
@Suite(.serialized, .enabled(if: Project.canRun)) struct CheckAndDiffTests {
    private static func codes(_ outcome: Tool.Outcome, _ severity: String) throws -> Set<String> {
        let findings = try JSONParser.parse(Data(outcome.output.utf8))["findings"]?.array ?? []
        return Set(findings.filter { $0["severity"]?.string == severity }.compactMap { $0["code"]?.string })
    }

    @Test func aSoundVersionCanBeRepeatedAndADamagedOneNamesAllThatIsLost() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            let sound = try await world.assay("reproduce", "tide/levels:1", "--check", "--json", as: .otto)
            #expect(sound.code == 0, "\(sound.error)")
            #expect(try Self.codes(sound, "prevents").isEmpty)
            #expect(try Self.codes(sound, "weakens") == ["unpinned-environment"])
            #expect(try Self.codes(sound, "note").isSuperset(of: ["no-remote", "no-tolerances"]))

            let version = try await world.http("GET", "models/tide/levels/versions/1").json
            let bundle = try #require(version["run"]?["recipe"]?["source"]?["bundle"]?.string?.dropFirst(7))
            try FileManager.default.removeItem(
                atPath: "\(world.server.data)/blobs/sha256/\(bundle.prefix(2))/\(bundle)")
            try world.replaceStored(Project.readings, by: nil)
            var changed = Project.later
            changed[changed.count / 2] ^= 1
            try world.replaceStored(Project.later, by: changed)
            let damaged = try await world.assay("reproduce", "tide/levels:1", "--check", "--json")
            #expect(damaged.code == 2, "\(damaged.error)")
            #expect(
                try Self.codes(damaged, "prevents") == ["source-missing", "input-missing", "input-digest-mismatch"],
                "\(damaged.output)")
            let page = try await world.assay("reproduce", "tide/levels:1", "--check")
            #expect(page.output.contains("prevents (input-missing) readings"), "\(page.output)")
            #expect(page.output.contains("3 things prevent it"), "\(page.output)")
            #expect(
                try await world.http("GET", "models/tide/levels/versions/1/reproductions").json["items"]?.array == [])
            let deployer = try await world.assay("reproduce", "tide/levels:1", "--check", as: .ship)
            #expect(deployer.code == 7, "\(deployer.error)")
        }
    }

    @Test func aProjectIsCheckedBeforeItIsRun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            let early = try await world.assay("run", project.folder, "--check", "--json")
            #expect(early.code == 2, "\(early.error)")
            #expect(try Self.codes(early, "prevents") == ["input-missing"], "\(early.output)")
            try await world.pushData()
            let ready = try await world.assay("run", project.folder, "--check", "--json")
            #expect(ready.code == 0, "\(ready.output)")
            try project.write("fit.py", "print('no seed, nothing written')\n")
            try project.write(
                "assay.yaml",
                Project.Recipe(train: "[/usr/bin/python3, fitt.py]").text.replacing("harmonics.npy", with: "h.bin"))
            let weak = try await world.assay("run", project.folder, "--check", "--json")
            #expect(weak.code == 2)
            #expect(try Self.codes(weak, "prevents") == ["source-missing"], "\(weak.output)")
            #expect(
                try Self.codes(weak, "weakens").isSuperset(of: ["dirty-source", "format-opaque"]), "\(weak.output)")
            try project.write("assay.yaml", "schema: assay/v1\n")
            let torn = try await world.assay("run", project.folder, "--check")
            #expect(torn.code == 2 && torn.output.contains("model"), "\(torn.output)")
            #expect(try await world.versions(of: "models/tide/levels") == 0)
        }
    }

    @Test func aLocalRunIsJudgedByTheServer() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            let again = try await world.assay("reproduce", "tide/levels:1", "--local", as: .otto)
            #expect(again.code == 0, "\(again.error)")
            #expect(again.output.contains("bit-identical") && again.output.contains("local: otto"), "\(again.output)")
            #expect(again.error.contains("step 3"), "the log: \(again.error)")
            let measured = try await world.assay("evaluate", "tide/levels:1", "--local")
            #expect(measured.code == 0, "\(measured.error)")
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    @Test func twoVersionsAreComparedByTheServer() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            let other = try await world.assay("run", project.folder, "--param", "rate=0.02", "--seed", "12")
            try #require(other.code == 0, "\(other.error)")
            let same = try await world.assay("diff", "tide/levels:1", "tide/levels:1")
            #expect(same.code == 0, "\(same.error)")
            let differ = try await world.assay("diff", "tide/levels:1", "tide/levels:2")
            #expect(differ.code == 4, "\(differ.error)")
            #expect(differ.output.contains("harmonics.npy: diverged"), "\(differ.output)")
            #expect(differ.output.contains("3/3"), "\(differ.output)")
            #expect(differ.output.contains("parameters.rate: 0.01 → 0.02"), "\(differ.output)")
            #expect(differ.output.contains("seed: 11 → 12"), "\(differ.output)")
            #expect(differ.output.contains(/worst on tide\/later:1: \S+ → \S+ .*differs/), "\(differ.output)")
            let wide = try await world.assay(
                "diff", "tide/levels:1", "tide/levels:2", "--tolerance", "100", "--minimum", "within-tolerance",
                "--json")
            #expect(wide.code == 0, "\(wide.error)")
            #expect(try JSONParser.parse(Data(wide.output.utf8))["outcome"]?.string == "within-tolerance")
            let deployer = try await world.assay("diff", "tide/levels:1", "tide/levels:2", as: .ship)
            #expect(deployer.code == 4 && deployer.error.contains("approved versions only"), "\(deployer.error)")
            let data = try await world.assay("diff", "dataset:tide/readings:1", "dataset:tide/later:1")
            #expect([2, 4].contains(data.code), "\(data.error)")
        }
    }

    @Test func twoFilesAreComparedWithoutAServer() async throws {
        let scratch = try Scratch()
        let nowhere = ["ASSAY_URL": "http://127.0.0.1:1"]
        func npy(_ values: [Double], _ name: String) throws {
            var header = Data("{'descr': '<f8', 'fortran_order': False, 'shape': (\(values.count),), }".utf8)
            header += Data(repeating: 0x20, count: 117 - header.count) + Data("\n".utf8)
            var file = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.count), 0]) + header
            for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { file.append(contentsOf: $0) } }
            try scratch.write(name, file)
        }
        try npy([1, 2, 3], "a.npy")
        try npy([1, 2, 3 + 1e-9], "b.npy")
        try npy([1, .nan, 4], "c.npy")
        func diff(_ arguments: String...) async throws -> Tool.Outcome {
            try await Tool.run(Tool.assay, ["diff"] + arguments, environment: nowhere, folder: scratch.path)
        }
        #expect(try await diff("a.npy", "a.npy").code == 0)
        #expect(try await diff("a.npy", "b.npy").code == 4)
        let close = try await diff("a.npy", "b.npy", "--minimum", "within-tolerance")
        #expect(close.code == 0 && close.output.contains("1/3"), "\(close.output)")
        let far = try await diff("a.npy", "c.npy")
        #expect(far.code == 4 && far.output.contains("0 → 1 NaN"), "\(far.output)")
        #expect(try await diff("a.npy", "none.npy").code == 6)
        #expect(try await diff("a.npy", "b.npy", "--tolerance", "w=-1").code == 1)
    }
}
