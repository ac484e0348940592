import Foundation
import RegistryTypes
import Testing

/// The whole job on a project that Assay has never seen: another model, another format, its own data.
@Suite(.serialized, .enabled(if: Project.canRun)) struct MainLoopTests {
    @Test func trainsApprovesServesAndProves() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            try await shows(world, commit: project.head)
            try await approves(world)
            try await deploys(world)
            try await traces(world, commit: project.head)
            try await proves(world)
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    private func shows(_ world: World, commit: String) async throws {
        let shown = try await world.assay("show", "--json", "tide/levels:1", as: .otto)
        let record = try JSONParser.parse(Data(shown.output.utf8))
        #expect(record["summary"]?["commit"]?.string == commit)
        #expect(record["summary"]?["approval"]?.string == "pending")
        #expect(record["summary"]?["flags"]?.array?.isEmpty == true)
        let metrics = record["run"]?["metrics"]?.array ?? []
        #expect(metrics.map { $0["dataset"]?.string } == ["tide/readings:1", "tide/later:1"])
        let files = record["files"]?.array ?? []
        #expect(files.map { $0["path"]?.string } == ["fit.json", "harmonics.npy"])
    }

    private func approves(_ world: World) async throws {
        let own = try await world.assay("approve", "tide/levels:1")
        #expect(own.code == 4)
        #expect(own.error.contains("ask another person"))
        let early = try await world.assay("alias", "set", "tide/levels:1", "production")
        #expect(early.code == 4)
        #expect(early.error.contains("must be approved first"))
        let approved = try await world.assay("approve", "tide/levels:1", "--comment", "low water fits", as: .noor)
        #expect(approved.code == 0, "\(approved.error)")
        let moved = try await world.assay("alias", "set", "tide/levels:1", "production", as: .noor)
        #expect(moved.code == 0, "\(moved.error)")
    }

    private func deploys(_ world: World) async throws {
        let fetched = try await world.shell(
            """
            set -e
            mkdir deploy && cd deploy
            echo "Authorization: Bearer $ASSAY_TOKEN" > token.header
            from="$ASSAY_URL/api/v1/models/tide/levels/versions/production"
            curl -sSf -H @token.header -o SHA256SUMS "$from/SHA256SUMS"
            curl -sSf -H @token.header -o harmonics.npy "$from/files/harmonics.npy"
            sha256sum --check --strict --ignore-missing SHA256SUMS
            """, as: .ship)
        #expect(fetched.code == 0, "\(fetched.error)")
        #expect(fetched.output == "harmonics.npy: OK\n")
        let pulled = try await world.assay("pull", "tide/levels:production", "--into", "pulled", as: .ship)
        #expect(pulled.code == 0, "\(pulled.error)")
        let same = try await world.shell("cmp deploy/harmonics.npy pulled/harmonics.npy")
        #expect(same.code == 0)
    }

    private func traces(_ world: World, commit: String) async throws {
        let origins = ["commit:\(commit)", "dataset:tide/readings:1", "dataset:tide/later:1"]
        for form in [[], ["--json"], ["--dot"]] {
            let up = try await world.shell(
                "$ASSAY lineage tide/levels:production --direction up \(form.joined())", as: .otto)
            #expect(up.code == 0, "\(up.error)")
            #expect(origins.allSatisfy(up.output.contains), "\(up.output)")
            let down = try await world.shell(
                "$ASSAY lineage dataset:tide/readings:1 --direction down \(form.joined())", as: .otto)
            #expect(down.code == 0, "\(down.error)")
            #expect(down.output.contains("model:tide/levels:1"), "\(down.output)")
            if form == ["--json"] {
                #expect(throws: Never.self) { try JSONParser.parse(Data(up.output.utf8)) }
            }
            #expect(up.output.hasPrefix("digraph") == (form == ["--dot"]))
            let data = try await world.http("GET", "datasets/tide/readings/versions/1").json["summary"]?["digest"]?
                .string
            #expect(up.output.contains(try #require(data)), "the digest by which the dataset is found")
        }
    }

    private func proves(_ world: World) async throws {
        let again = try await world.assay("reproduce", "tide/levels:1", "--json", as: .otto)
        #expect(again.code == 0, "\(again.error)")
        let verdict = try JSONParser.parse(Data(again.output.utf8))["verdict"]
        #expect(verdict?["verdict"]?.string == "bit-identical")
        let measured = try await world.assay("evaluate", "tide/levels:production", as: .otto)
        #expect(measured.code == 0, "\(measured.error)")
        #expect(measured.output.contains(/worst on tide.*: identical/), "\(measured.output)")
        let page = try await world.assay("show", "tide/levels:1", as: .otto)
        #expect(page.output.contains("bit-identical"), "\(page.output)")
        #expect(page.output.contains("1 tensor: 1 equal"), "\(page.output)")
    }

    @Test func aTrainingReadsTheNumbersThatWereWritten() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(
                in: scratch,
                recipe: .init(parameters: "{one: 1, half: 0.5, whole: 1.0, large: 1e3, minus: -0.0}"),
                training: Project.training(first: "print('read', open(os.environ['ASSAY_PARAMS']).read().split())"))
            try await world.pushData()
            let run = try await world.assay("run", project.folder, "--param", "one=2.0")
            #expect(run.code == 0, "\(run.error)")
            let read =
                "read ['{', '\"half\":', '0.5,', '\"large\":', '1000.0,', '\"minus\":', '0.0,', '\"one\":', '2.0,', "
                + "'\"whole\":', '1.0', '}']"
            #expect(run.error.contains(read), "\(run.error)")
            let again = try await world.assay("reproduce", "tide/levels:1")
            #expect(again.code == 0 && again.error.contains(read), "\(again.error)")
            let slip = try await world.assay("run", project.folder, "--param", "hlaf=1.0")
            #expect(slip.code == 1 && slip.error.contains("has no parameter hlaf"), "\(slip.error)")
        }
    }

    @Test func weightsThatTheStoreLostAreNoFailureOfTheRun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            // What is trained anew is not the same: the same bytes would be taken in place of those that were lost.
            try await world.pushDataAndRun(
                Project.make(in: scratch, training: Project.training(weights: "struct.unpack('<3H', os.urandom(6))")))
            let version = try await world.http("GET", "models/tide/levels/versions/1").json
            let weights = try #require(
                version["files"]?.array?.first { $0["path"]?.string?.hasSuffix(".npy") == true }?["sha256"]?.string)
            try FileManager.default.removeItem(
                atPath: "\(world.server.data)/blobs/sha256/\(weights.prefix(2))/\(weights)")
            let again = try await world.assay("reproduce", "tide/levels:1", "--json")
            #expect(again.code == 2, "\(again.error)")
            let verdict = try JSONParser.parse(Data(again.output.utf8))["verdict"]
            #expect(verdict?["verdict"]?.string == "not-verifiable" && verdict?["reason"]?.string == "original-corrupt")
        }
    }

    @Test func tellsThatTrainingDoesNotRepeat() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(
                in: scratch, training: Project.training(weights: "struct.unpack('<3H', os.urandom(6))"))
            try await world.pushDataAndRun(project)
            let again = try await world.assay("reproduce", "tide/levels:1")
            #expect(again.code == 4, "\(again.error)")
            #expect(again.output.contains("diverged"), "\(again.output)")
        }
    }

    @Test func noticesAByteThatChangedInTheStore() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            var bytes = Project.readings
            bytes[bytes.count / 2] ^= 1
            try world.replaceStored(Project.readings, by: bytes)

            let again = try await world.assay("reproduce", "tide/levels:1", as: .otto)
            #expect(again.code == 2)
            #expect(again.output.contains("not-verifiable (input-digest-mismatch)"), "\(again.output)")
            #expect(again.output.contains("levels.csv: the stored bytes"), "\(again.output)")
            let summary = try await world.assay("show", "tide/levels:1", "--json", as: .otto)
            #expect(summary.output.contains("input-digest-mismatch"))

            let pulled = try await world.assay("dataset", "pull", "tide/readings:1", "--into", "pulled")
            #expect(pulled.code == 5)
            #expect(pulled.error.contains("levels.csv: the stored bytes"), "\(pulled.error)")
            #expect(pulled.error.contains("Nothing was kept"))
            let files = (try? FileManager.default.contentsOfDirectory(atPath: scratch.path + "/pulled")) ?? []
            #expect(files.isEmpty, "something is left: \(files)")

            // The run of a new version takes no wrong bytes either, once its own copies are gone.
            let trained = try await world.shell("rm -rf home/.cache; $ASSAY run project")
            #expect(trained.code == 5)
            #expect(trained.error.contains("levels.csv: the stored bytes"), "\(trained.error)")
            #expect(try await world.versions(of: "models/tide/levels") == 1)
        }
    }

    @Test func takesLostBytesAnewWhenTheyArePushedAgain() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            _ = try await Project.make(in: scratch)
            let pushed = try await world.assay("dataset", "push", "tide/readings", "data/readings")
            #expect(pushed.code == 0, "\(pushed.error)")
            for lost in [nil, Project.readings.prefix(10)] {
                try world.replaceStored(Project.readings, by: lost)
                let refused = try await world.assay("dataset", "pull", "tide/readings:1", "--into", "refused")
                #expect(refused.code == 5)
                #expect(refused.error.contains("push the same file again"), "\(refused.error)")
                let again = try await world.assay("dataset", "push", "tide/readings", "data/readings")
                #expect(again.code == 0, "\(again.error)")
                let pulled = try await world.assay("dataset", "pull", "tide/readings:1", "--into", "back", "--force")
                #expect(pulled.code == 0, "\(pulled.error)")
            }
        }
    }
}

extension World {
    /// Pushes both datasets and records `tide/levels:1`.
    func pushDataAndRun(_ project: Project) async throws {
        try await pushData()
        let run = try await assay("run", project.folder)
        try #require(run.code == 0, "\(run.error)")
        #expect(run.output.hasPrefix("pushed tide/levels:1  sha256:"))
    }

    /// Pushes both datasets.
    func pushData() async throws {
        for name in ["readings", "later"] {
            let pushed = try await assay("dataset", "push", "tide/\(name)", "data/\(name)")
            try #require(pushed.code == 0, "\(pushed.error)")
            #expect(pushed.output.hasPrefix("pushed tide/\(name):1  sha256:"))
        }
    }

    /// Does to the store what a failing disk does: other bytes, or none.
    func replaceStored(_ bytes: Data, by other: Data?) throws {
        let file = stored(bytes)
        try FileManager.default.removeItem(atPath: file)
        try other?.write(to: URL(filePath: file))
    }
}
