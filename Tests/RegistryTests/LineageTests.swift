import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// The graph of what was made from what, up, down and around hidden namespaces.
@Suite struct LineageTests {
    /// `train:1`, `train:2` and `test:1`, two commits, one image; `house:1` from `train:1`, `house:2` from both.
    private struct World {
        let test: TestRegistry
        let first: Recipe.Source
        let second: Recipe.Source
        let image = Digest.of(Data("image".utf8))

        init() async throws {
            test = try await TestRegistry()
            for text in ["1,2\n", "3,4\n"] { try await test.dataset("demo/train", text) }
            try await test.dataset("demo/test", "5,6\n")
            try await test.dataset("demo/unused", "7,8\n")
            first = try await test.source("first")
            second = try await test.source("second")
            try await push(first, [("a", .train, "demo/train:1")])
            try await push(
                second, [("a", .train, "demo/train:1"), ("b", .train, "demo/train:2"), ("t", .evaluate, "demo/test:1")])
        }

        private func push(_ source: Recipe.Source, _ inputs: [(String, Recipe.Phase, String)]) async throws {
            let run = RunDescription(
                kind: .import, source: source,
                inputs: try inputs.map {
                    RunInput(name: $0.0, phase: $0.1, dataset: try VersionReference($0.2))
                }, image: try ContainerImage("app:1@\(image)"),
                // A metric on a dataset that was not declared says that it was evaluated on; on others it adds nothing.
                metrics: try ["demo/test:1", "demo/train:1"].map {
                    Metric(name: "mse", value: 1, dataset: try VersionReference($0))
                })
            let file = try await test.file("w.bin", Data(source.commit.hex.utf8))
            _ = try await test.registry.pushVersion(
                CreateModelVersion(files: [file], run: run), of: QualifiedName("demo/house"), as: test.pusher)
        }

        func graph(
            _ reference: String, _ direction: LineageGraph.Direction, as caller: Caller? = nil
        ) async throws -> LineageGraph {
            try await test.registry.lineage(of: Reference(reference), direction, as: caller ?? test.deployer)
        }

        func run(_ number: Int) async throws -> String {
            let record = try await test.registry.version(
                VersionReference("demo/house:\(number)"), kind: .model, as: test.deployer)
            return "run:\(record.summary.run?.text ?? "")"
        }
    }

    private func edges(_ graph: LineageGraph) -> Set<String> {
        Set(graph.edges.map { "\($0.from) \($0.relation) \($0.to)" })
    }

    @Test func upwardsIsWhatAVersionWasMadeFrom() async throws {
        let world = try await World()
        let run = try await world.run(2)
        let graph = try await world.graph("demo/house:2", .up)
        #expect(graph.root == "model:demo/house:2" && !graph.truncated)
        #expect(
            edges(graph) == [
                "\(run) produced model:demo/house:2", "dataset:demo/train:1 trained-on \(run)",
                "dataset:demo/train:2 trained-on \(run)", "dataset:demo/test:1 evaluated-on \(run)",
                "commit:\(world.second.commit) built-from \(run)", "image:\(world.image) runs-in \(run)",
            ])
        #expect(graph.nodes.count == 7 && Set(graph.nodes.map(\.id)).count == 7)
        #expect(graph.nodes.first { $0.kind == "commit" }?.label == "https://git.example/second")
        #expect(graph.nodes.first { $0.kind == "image" }?.label == "app:1")
        #expect(graph.nodes.first { $0.kind == "model" }?.label == "pending")
        // An input that only a metric names.
        let declared = try await world.graph("demo/house:1", .up)
        #expect(edges(declared).contains("dataset:demo/test:1 evaluated-on \(try await world.run(1))"))
        #expect(!edges(declared).contains { $0.hasPrefix("dataset:demo/train:1 evaluated-on") })
    }

    @Test func downwardsIsWhatWasMadeFromIt() async throws {
        let world = try await World()
        let (test, one, two) = (world.test, try await world.run(1), try await world.run(2))
        _ = try await test.registry.moveAlias(
            Alias("staging"), of: QualifiedName("demo/house"), to: 2, as: test.pusher)
        let reproduction = RunID(at: 1_700_000_000_000)
        try await test.execute(
            """
            INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at)
            SELECT ?, versions.id, 'retrain', 'queued', ?, 1 FROM versions JOIN collections ON collections.id = collection_id
            WHERE number = 2 AND name = 'house'
            """, [reproduction.text, test.pusher.principal])
        let versionTwo: Set<String> = [
            "\(two) produced model:demo/house:2", "model:demo/house:2 points-to alias:model:demo/house:staging",
            "model:demo/house:2 reproduces reproduction:\(reproduction)",
        ]
        let versionOne: Set<String> = ["\(one) produced model:demo/house:1"]
        let expected: [(String, Set<String>)] = [
            ("dataset:demo/train:2", versionTwo.union(["dataset:demo/train:2 trained-on \(two)"])),
            (
                "dataset:demo/train:1",
                versionOne.union(versionTwo).union([
                    "dataset:demo/train:1 trained-on \(one)", "dataset:demo/train:1 trained-on \(two)",
                ])
            ),
            (
                "dataset:demo/test:1",
                versionOne.union(versionTwo).union([
                    "dataset:demo/test:1 evaluated-on \(one)", "dataset:demo/test:1 evaluated-on \(two)",
                ])
            ),
            (
                "commit:\(world.first.commit)",
                versionOne.union(["commit:\(world.first.commit) built-from \(one)"])
            ),
            (
                "image:\(world.image)",
                versionOne.union(versionTwo).union([
                    "image:\(world.image) runs-in \(one)", "image:\(world.image) runs-in \(two)",
                ])
            ),
            (one, versionOne), ("dataset:demo/unused:1", []),
        ]
        for (reference, edges) in expected {
            let graph = try await world.graph(reference, .down)
            #expect(self.edges(graph) == edges, "\(reference)")
            #expect(graph.root == reference && graph.nodes.first?.id == reference)
        }
    }

    @Test func bothIsUpAndDownButNotWhatElseWasMadeFromTheSame() async throws {
        let world = try await World()
        _ = try await world.test.registry.moveAlias(
            Alias("staging"), of: QualifiedName("demo/house"), to: 1, as: world.test.pusher)
        // An alias stands for the version that it points to.
        let graph = try await world.graph("demo/house:staging", .both)
        #expect(graph.root == "model:demo/house:1")
        #expect(!graph.nodes.contains { $0.id == "model:demo/house:2" })
        #expect(graph.nodes.contains { $0.id == "alias:model:demo/house:staging" })
        #expect(graph.nodes.contains { $0.id == "dataset:demo/train:1" })
    }

    @Test func hiddenNamespacesAreLeftOutAndNotFollowedThrough() async throws {
        let world = try await World()
        let test = world.test
        let other = try await test.namespace("other", pusher: "eve")
        _ = try await test.registry.setMember("eve", of: test.namespace, to: [.reader], as: test.admin)
        let file = try await test.file("w.bin", "x", in: other.name, as: other.pusher)
        let input = RunInput(name: "a", phase: .train, dataset: try VersionReference("demo/train:2"))
        let hidden = try await test.registry.pushVersion(
            CreateModelVersion(
                files: [file],
                run: RunDescription(kind: .import, inputs: [input], image: try ContainerImage("b:1@\(world.image)"))),
            of: QualifiedName("other/house"), as: other.pusher)
        func seen(_ reference: String, _ caller: Caller) async throws -> Set<String> {
            Set(try await world.graph(reference, .both, as: caller).nodes.map(\.id))
        }
        #expect(try await seen("dataset:demo/train:2", other.pusher).contains("model:other/house:1"))
        #expect(try await !seen("dataset:demo/train:2", test.deployer).contains("model:other/house:1"))
        #expect(try await !seen("image:\(world.image)", test.deployer).contains("model:other/house:1"))
        // Nor is the run to be seen that lies between.
        let run = "run:\(hidden.version.run?.text ?? "")"
        #expect(try await seen("image:\(world.image)", other.pusher).contains(run))
        for reference in ["dataset:demo/train:2", "image:\(world.image)"] {
            #expect(try await !seen(reference, test.deployer).contains(run))
        }
        _ = try await test.registry.setMember("eve", of: test.namespace, to: [], as: test.admin)
        #expect(try await !seen("model:other/house:1", other.pusher).contains { $0.contains("demo/") })
        for reference in [
            "dataset:demo/train:2", "demo/house:1", "commit:\(world.first.commit)", try await world.run(1),
        ] {
            await expectError(.notFound) { _ = try await world.graph(reference, .both, as: other.pusher) }
        }
        await expectError(.notFound) { _ = try await world.graph("commit:" + String(repeating: "0", count: 40), .both) }
    }

    @Test func aReproductionComesFromTheRunThatRepeatedTheOriginal() async throws {
        let world = try await World()
        let (again, reproduction) = (RunID(at: 1), RunID(at: 2))
        try await world.test.execute(
            """
            INSERT INTO runs (id, namespace_id, kind, state, source_commit, source_bundle, facts, subject_version_id,
                created_at, created_by)
            SELECT ?, runs.namespace_id, 'train', 'finished', source_commit, source_bundle, '{}', versions.id, 1,
                runs.created_by
            FROM versions JOIN runs ON runs.id = run_id WHERE number = 1
            """, [again.text])
        try await world.test.execute(
            """
            INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, ended_at, run_id, outcome,
                verdict)
            SELECT ?, subject_version_id, 'retrain', 'done', created_by, 1, 2, id, 'bit-identical', '{}'
            FROM runs WHERE id = ?
            """, [reproduction.text, again.text])
        let graph = try await world.graph("commit:\(world.first.commit)", .down)
        let found = edges(graph)
        #expect(found.contains("commit:\(world.first.commit) built-from run:\(again)"))
        #expect(found.contains("run:\(again) produced reproduction:\(reproduction)"))
        #expect(found.contains("model:demo/house:1 reproduces reproduction:\(reproduction)"))
        let node = graph.nodes.first { $0.kind == "reproduction" }
        #expect(node?.label == "retrain of demo/house:1: bit-identical")
    }

    @Test func aLargeGraphIsCut() async throws {
        let world = try await World()
        try await world.test.execute(
            """
            WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 1500)
            INSERT INTO runs (id, namespace_id, kind, state, facts, created_at, created_by)
            SELECT printf('%026d', n), (SELECT id FROM namespaces), 'import', 'failed', '{}', 1,
                (SELECT created_by FROM versions LIMIT 1) FROM counter
            """)
        try await world.test.execute(
            """
            INSERT INTO run_inputs (run_id, name, phase, version_id)
            SELECT runs.id, 'a', 'train', versions.id FROM runs, versions JOIN collections ON collections.id = collection_id
            WHERE runs.facts = '{}' AND runs.state = 'failed' AND name = 'train' AND number = 2
            """)
        let graph = try await world.graph("dataset:demo/train:2", .down)
        #expect(graph.truncated && graph.nodes.count == 1000)
        let ids = Set(graph.nodes.map(\.id))
        #expect(graph.edges.allSatisfy { ids.contains($0.from) && ids.contains($0.to) })
    }
}
