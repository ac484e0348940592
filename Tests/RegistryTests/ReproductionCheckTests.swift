import BlobStore
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// What a check finds without running anything, and the comparison of versions.
@Suite struct ReproductionCheckTests {
    private static let weights = TestRecipe.safetensors([1, 2, 3])

    private func codes(_ check: RecipeCheck, _ severity: RecipeFinding.Severity) -> [String] {
        check.findings.filter { $0.severity == severity }.map(\.code)
    }

    @Test func namesEverythingThatIsWeak() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(
            ["model.safetensors": Self.weights, "model.xyz": Data("a".utf8)],
            compare: .init(metrics: ["auc": Tolerance(absolute: 1)], tensors: ["v": Tolerance(absolute: 1)]))
        let check = try await test.registry.checkReproduction(.retrain, of: version, as: test.approver)
        #expect(check.possible)
        #expect(check.version?.description == "demo/model:1")
        #expect(
            codes(check, .weakens) == [
                "unpinned-environment", "no-metrics", "seed-unused", "format-opaque", "tolerance-unused", "unsandboxed",
            ])
        #expect(codes(check, .note) == ["no-remote"])
        #expect(check.findings.allSatisfy { !$0.message.isEmpty && !$0.fix.isEmpty })
        #expect(check.findings.map(\.severity) == check.findings.map(\.severity).sorted())
    }

    @Test func namesATensorToleranceThatFitsNothing() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(
            ["model.safetensors": Self.weights], compare: .init(tensors: ["v*": Tolerance(absolute: 1)]))
        let check = try await test.registry.checkReproduction(.retrain, of: version, as: test.approver)
        #expect(check.findings.first { $0.code == "tolerance-unused" }?.subject == "v*")
    }

    @Test func namesNonfiniteAndLostOriginals() async throws {
        let test = try await TestRegistry()
        let broken = TestRecipe.safetensors([.nan])
        let version = try await test.train(["model.safetensors": broken])
        let first = try await test.registry.checkReproduction(.retrain, of: version, as: test.approver)
        #expect(codes(first, .weakens).contains("nonfinite-original"))
        try FileManager.default.removeItem(atPath: test.registry.blobs.path(of: Digest.of(broken)))
        let second = try await test.registry.checkReproduction(.retrain, of: version, as: test.approver)
        #expect(codes(second, .prevents) == ["original-corrupt"])
        #expect(!second.possible)
    }

    @Test func asksForTheRightAndKnowsPushesWithoutRecipe() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/imported", [try await test.file("a.bin", Data("a".utf8))])
        let version = try VersionReference("demo/imported:1")
        let check = try await test.registry.checkReproduction(.evaluate, of: version, as: test.approver)
        #expect(codes(check, .prevents) == ["no-recipe"])
        #expect(
            await code { _ = try await test.registry.checkReproduction(.retrain, of: version, as: test.deployer) }
                == .forbidden)
        let none = try VersionReference("demo/imported:2")
        #expect(
            await code { _ = try await test.registry.checkReproduction(.retrain, of: none, as: test.approver) }
                == .notFound)
    }

    @Test func comparesVersionsForWhoMayFetchBoth() async throws {
        let test = try await TestRegistry()
        _ = try await test.train(["model.safetensors": Self.weights])
        _ = try await test.train([
            "model.safetensors": TestRecipe.safetensors([1, 2, 3 + 1e-9]), "more.npy": Data("x".utf8),
        ])
        let (first, second) = (try Reference("demo/model:1"), try Reference("demo/model:2"))
        let registry = test.registry
        let found = try await registry.compare(first, second, tolerances: nil, all: false, as: test.pusher)
        #expect(found.files.map(\.verdict) == [.withinTolerance])
        #expect(found.onlyLeft.isEmpty && found.onlyRight.map(\.text) == ["more.npy"])
        #expect(found.outcome == .diverged)
        #expect(found.recipe.map(\.field) == ["outputs.more.npy"])
        let same = try await registry.compare(first, first, tolerances: nil, all: true, as: test.pusher)
        #expect(same.outcome == .bitIdentical && same.files.first?.tensors.count == 1)
        let strict = try await registry.compare(
            first, second, tolerances: .init(tensors: ["w": Tolerance(absolute: 0, relative: 0)]), all: false,
            as: test.pusher)
        #expect(strict.files.map(\.verdict) == [.diverged])
        #expect(
            await code {
                _ = try await registry.compare(first, second, tolerances: nil, all: false, as: test.deployer)
            } == .versionNotApproved)
        let data = try Reference("dataset:demo/model:1")
        #expect(
            await code { _ = try await registry.compare(first, data, tolerances: nil, all: false, as: test.pusher) }
                == .invalidRequest)
    }

    @Test func aLocalJobIsTheCallersAlone() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": Self.weights])
        let begun = try await test.registry.beginLocalReproduction(.retrain, of: version, as: test.approver)
        #expect(begun.record.state == .running)
        #expect(try await test.registry.leaseJob() == nil)
        let worker = try await test.registry.authenticate(try #require(begun.token), requestID: "w")
        let files = try await test.upload(["model.safetensors": Self.weights], of: begun.record.id, as: worker)
        try await test.registry.finishJob(begun.record.id, JobResult(outputs: files, facts: RunFacts()), as: worker)
        let end = try await test.registry.reproduction(begun.record.id, as: test.approver)
        #expect(end.verdict?.verdict == .bitIdentical)
        #expect(end.verdict?.worker == "local: ann")
        #expect(
            await code { _ = try await test.registry.beginLocalReproduction(.retrain, of: version, as: test.deployer) }
                == .forbidden)
        // The job's token gives none of the rights of whoever asked for it.
        #expect(await code { _ = try await test.registry.reproduction(begun.record.id, as: worker) } == .notFound)
    }

    @Test func aLocalJobWhoseCallerIsLostGoesToNobody() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": Self.weights])
        let lost = try await test.registry.beginLocalReproduction(.retrain, of: version, as: test.approver)
        test.clock.now.withLock { $0 += 60_000 }
        #expect(try await test.registry.leaseJob() == nil)
        let end = try await test.registry.reproduction(lost.record.id, as: test.approver)
        #expect(end.verdict?.reason == "worker-lost")
        let stopped = try await test.registry.beginLocalReproduction(.retrain, of: version, as: test.approver)
        let record = try await test.registry.cancelReproduction(stopped.record.id, as: test.approver)
        #expect(record.state == .cancelled && record.verdict == nil)
        _ = try await test.push("demo/imported", [try await test.file("a.bin", Data("a".utf8))])
        let none = try await test.registry.beginLocalReproduction(
            .retrain, of: VersionReference("demo/imported:1"), as: test.approver)
        #expect(none.token == nil && none.record.verdict?.reason == "no-recipe")
    }

    @Test func tolerancesThatComeLaterMarkTheVerdict() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": Self.weights])
        let asked = try await test.registry.requestReproduction(
            .retrain, of: version, tolerances: .init(tensors: ["w": Tolerance(absolute: 1)]), as: test.approver)
        let job = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(job)
        let files = try await test.upload(
            ["model.safetensors": TestRecipe.safetensors([1, 2, 3.5])], of: job.id, as: worker)
        try await test.registry.finishJob(job.id, JobResult(outputs: files, facts: RunFacts()), as: worker)
        let end = try await test.registry.reproduction(asked.id, as: test.approver)
        #expect(end.verdict?.verdict == .withinTolerance)
        #expect(end.verdict?.flags.contains("post-hoc-tolerance") == true)
        #expect(end.compare?.tensors["w"]?.absolute == 1)
        let wrong = Recipe.Comparison(tensors: ["": Tolerance(absolute: 1)])
        #expect(
            await code {
                _ = try await test.registry.requestReproduction(
                    .retrain, of: version, tolerances: wrong, as: test.approver)
            } == .invalidRecipe)
    }
}
