import Foundation
import Registry
import RegistryTypes
import Testing

/// What a version digest says of a run can be computed again from what is told of it.
@Suite struct RunRecordTests {
    @Test func theMetricsDigestIsThatOfTheMetricsAsTheyAreTold() async throws {
        let test = try await TestRegistry()
        for name in ["demo/validation", "demo/train"] { try await test.dataset(name, name) }
        let file = try await test.file("w.bin", Data("w".utf8))
        let version = try await test.push(
            "demo/house", [file],
            metrics: [
                Metric(name: "loss", step: 10, value: 2), Metric(name: "loss", step: 9, value: 3),
                Metric(name: "accuracy", value: 0.5, dataset: try VersionReference("Demo/Validation:latest")),
                Metric(name: "accuracy", value: 0.7, dataset: try VersionReference("demo/TRAIN:1")),
                Metric(name: "accuracy", value: .nan), Metric(name: "größe", value: 1), Metric(name: "z", value: 1),
            ])
        let record = try await test.registry.version(
            VersionReference(name: version.name, selector: .number(1)), kind: .model, as: test.pusher)
        let run = try #require(record.run)
        #expect(
            run.metrics.map { "\($0.name) \($0.step) \($0.dataset?.description ?? "-")" } == [
                "accuracy 0 -", "accuracy 0 demo/train:1", "accuracy 0 demo/validation:1", "größe 0 -", "loss 9 -",
                "loss 10 -", "z 0 -",
            ])
        #expect(try record.document.run?.metrics == run.metrics.canonicalDigest())
        #expect(try record.document.run?.facts == run.facts.canonicalDigest())
    }

    @Test func oneMetricUnderTwoNamesOfItsDatasetIsRefused() async throws {
        let test = try await TestRegistry()
        try await test.dataset("demo/train", "1")
        let file = try await test.file("w.bin", Data("w".utf8))
        let found = await code {
            _ = try await test.push(
                "demo/house", [file],
                metrics: try ["demo/train:1", "demo/train:latest"].map {
                    Metric(name: "mse", value: 1, dataset: try VersionReference($0))
                })
        }
        #expect(found == .invalidRequest)
    }

    @Test func aRecipeHasOneFormAndItsDatasetsOneName() async throws {
        let test = try await TestRegistry()
        let data = try await test.dataset("demo/train", "1")
        let (bundle, commit) = TestRecipe.bundle()
        let source = try await test.file("source", bundle)
        let weights = try await test.file("w.bin", Data("w".utf8))
        func push(_ dataset: String, _ change: (inout [String: JSONValue]) -> Void = { _ in }) async throws {
            let recipe = Recipe(
                source: Recipe.Source(url: nil, commit: try GitCommit(commit), subfolder: "", bundle: source.sha256),
                inputs: try ["a", "b"].map {
                    Recipe.Input(
                        name: $0, phase: .train, dataset: try VersionReference(dataset), artifact: data.artifact)
                }, parameters: [:], seed: 1, env: [:], environment: .init(kind: .host), train: ["python3"],
                evaluate: nil, outputs: [Recipe.Output(path: weights.path, role: .weights)], compare: .init(),
                resources: .init(), timeouts: .init())
            guard case .object(var members) = try JSONParser.parse(recipe.canonicalJSON()) else { return }
            change(&members)
            let sent = try JSONDecoder().decode(Recipe.self, from: JSONValue.object(members).canonicalBytes())
            _ = try await test.registry.pushVersion(
                CreateModelVersion(files: [weights], run: RunDescription(kind: .train, recipe: sent)),
                of: QualifiedName("demo/house"), as: test.pusher)
        }
        #expect(await code { try await push("demo/train:1") } == nil)
        #expect(await code { try await push("Demo/train:1") } == .invalidRecipe)
        let found = await code {
            try await push("demo/train:1") { $0["inputs"] = .array(($0["inputs"]?.array ?? []).reversed()) }
        }
        #expect(found == .invalidRecipe)
    }

    @Test func whatARunSaysOfItselfIsChecked() async throws {
        let test = try await TestRegistry()
        let data = try await test.dataset("demo/train", "1")
        let file = try await test.file("w.bin", Data("w".utf8))
        let reference = VersionReference(name: data.name, selector: .number(1))
        for name in ["..", "a/b", ""] {
            let input = RunInput(name: name, phase: .train, dataset: reference)
            #expect(await code { _ = try await test.push("demo/house", [file], inputs: [input]) } == .invalidName)
        }
        for step in [-1, Int64(1) << 53, .max] {
            let metric = Metric(name: "mse", step: step, value: 1)
            #expect(await code { _ = try await test.push("demo/house", [file], metrics: [metric]) } == .invalidRequest)
        }
        for (url, isTaken) in [
            ("https://git.example/a", true), ("git@git.example:a/b.git", true), ("ssh://git@git.example/a", true),
            ("https://me:secret@git.example/a", false), ("javascript://x", false), ("https://x/\u{202E}", false),
        ] {
            #expect((await code { try Recipe.Source.check(url: url) } == nil) == isTaken, "\(url)")
        }
    }

    @Test func refusalsTellWhatWasAskedFor() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("w".utf8))
        let version = try await test.push("demo/house", [file])
        let production = try Alias("production")
        let name = try QualifiedName("DEMO/House")
        #expect(
            await code { _ = try await test.registry.moveAlias(production, of: name, to: 1, as: test.pusher) }
                == .versionNotApproved)
        _ = try await test.registry.decide(
            DecideVersion(decision: .approve, digest: version.digest),
            about: VersionReference(name: name, selector: .latest), as: test.approver)
        _ = try await test.registry.moveAlias(production, of: name, to: 1, as: test.pusher)
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).map(\.entry).suffix(3)
        #expect(entries.map { $0["action"]?.string } == ["alias.move.refuse", "version.approve", "alias.move"])
        #expect(entries.first?["after"]?["request"]?.int == 1)
        #expect(entries.first?["after"]?["code"]?.string == "version-not-approved")
        // Whatever the request called it, an entry about a version is found by the version's own name.
        #expect(
            entries.dropFirst().map { $0["object"]?.string } == ["model:demo/house:1", "model:demo/house:production"])
        #expect(entries.dropFirst().allSatisfy { $0["namespace"]?.string == "demo" })
    }
}
