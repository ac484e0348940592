import BlobStore
import Foundation
import Registry
import RegistryTypes
import Testing

/// The rules of the verdict, through the whole way: push, job, upload, judgement.
@Suite struct VerdictRuleTests {
    /// One original, one reproduction, and what must be said about them.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let original: TestRegistry.Outputs
        let reproduced: TestRegistry.Outputs
        var kind = Verdict.Kind.retrain
        let expected: Verdict.Outcome
        var reason: String?
        var flags: [String] = ["unpinned-environment"]

        var testDescription: String { name }
    }

    private static func weights(_ values: [Double], metadata: String = "") -> TestRegistry.Outputs {
        ["model.safetensors": TestRecipe.safetensors(values, metadata: metadata)]
    }

    private static func metrics(_ json: String) -> TestRegistry.Outputs { ["metrics.json": Data(json.utf8)] }

    private static func both(_ values: [Double], _ json: String) -> TestRegistry.Outputs {
        weights(values).merging(metrics(json)) { $1 }
    }

    static let cases: [Case] = [
        Case(
            name: "same bytes", original: weights([1, 2, 3]), reproduced: weights([1, 2, 3]), expected: .bitIdentical),
        Case(
            name: "another container", original: weights([1, 2, 3]),
            reproduced: weights([1, 2, 3], metadata: "made elsewhere"), expected: .tensorEqual),
        Case(
            name: "last digits", original: weights([1, 2, 3]), reproduced: weights([1, 2, 3 + 1e-9]),
            expected: .withinTolerance),
        Case(
            name: "other weights, same metrics", original: both([1, 2, 3], #"{"mse": 0.5}"#),
            reproduced: both([1, 2, 4], #"{"mse": 0.5000000001}"#), expected: .metricEquivalent),
        Case(
            name: "other weights, other metrics", original: both([1, 2, 3], #"{"mse": 0.5}"#),
            reproduced: both([1, 2, 4], #"{"mse": 0.7}"#), expected: .diverged),
        Case(
            name: "other weights, a metric is missing", original: both([1, 2, 3], #"{"mse": 0.5, "r2": 1}"#),
            reproduced: both([1, 2, 4], #"{"mse": 0.5}"#), expected: .diverged),
        Case(
            name: "another shape", original: weights([1, 2, 3]), reproduced: weights([1, 2]), expected: .diverged),
        Case(
            name: "same weights, other metrics", original: both([1], #"{"mse": 0.5}"#),
            reproduced: both([1], #"{"mse": 0.7}"#), expected: .bitIdentical,
            flags: ["unpinned-environment", "metrics-differ"]),
        Case(
            name: "bytes that nobody reads", original: ["model.xyz": Data("a".utf8)],
            reproduced: ["model.xyz": Data("b".utf8)], expected: .notVerifiable, reason: "format-opaque"),
        Case(
            name: "bytes that nobody reads, same metrics",
            original: ["model.xyz": Data("a".utf8)].merging(metrics(#"{"mse": 1}"#)) { $1 },
            reproduced: ["model.xyz": Data("b".utf8)].merging(metrics(#"{"mse": 1}"#)) { $1 },
            expected: .metricEquivalent, flags: ["unsearched", "unpinned-environment"]),
        Case(
            name: "NaN, bit by bit", original: weights([.nan, 1]), reproduced: weights([.nan, 1]),
            expected: .bitIdentical, flags: ["nonfinite", "unpinned-environment"]),
        Case(
            name: "a file is missing", original: weights([1]), reproduced: [:], expected: .failed,
            reason: "missing-output"),
        Case(
            name: "metrics that are none", original: both([1], #"{"mse": 0.5}"#),
            reproduced: both([1], "mse = 0.5"), expected: .failed, reason: "metrics-unreadable"),
        Case(
            name: "evaluation, same metrics", original: both([1], #"{"mse": 0.5}"#),
            reproduced: metrics(#"{"mse": 0.5}"#), kind: .evaluate, expected: .bitIdentical),
        Case(
            name: "evaluation, nearly the same metrics", original: both([1], #"{"mse": 0.5}"#),
            reproduced: metrics(#"{"mse": 0.5000000001}"#), kind: .evaluate, expected: .metricEquivalent),
        Case(
            name: "evaluation, other metrics", original: both([1], #"{"mse": 0.5}"#),
            reproduced: metrics(#"{"mse": 0.6}"#), kind: .evaluate, expected: .diverged),
        Case(
            name: "evaluation without anything measured", original: weights([1]), reproduced: [:], kind: .evaluate,
            expected: .notVerifiable, reason: "no-metrics"),
    ]

    @Test(arguments: cases)
    func judges(_ row: Case) async throws {
        let test = try await TestRegistry()
        let version = try await test.train(row.original)
        let verdict = try #require(try await test.reproduce(version, kind: row.kind, writing: row.reproduced))
        #expect(verdict.verdict == row.expected)
        #expect(verdict.reason == row.reason)
        if row.reason == nil { #expect(verdict.flags == row.flags) }
        #expect(verdict.kind == row.kind)
        #expect(verdict.executor == "bubblewrap")
    }

    @Test func theOwnersTolerancesCount() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(
            Self.weights([1, 2]), compare: .init(tensors: ["w": Tolerance(absolute: 0.5, relative: 0)]))
        let verdict = try await test.reproduce(version, writing: Self.weights([1, 2.4]))
        #expect(verdict?.verdict == .withinTolerance)
    }

    @Test func conditionsNameWhatDiffers() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.weights([1]))
        var facts = RunFacts()
        facts.host = ["cpu.model": "y"]
        let other = try await test.reproduce(version, writing: Self.weights([1]), facts: facts)
        #expect(
            other?.conditions
                == Verdict.Conditions(
                    state: "differs", differs: ["cpu"],
                    changes: [.init(fact: "cpu.model", original: "x", reproduced: "y")]))
        facts.host = ["cpu.model": "x"]
        let same = try await test.reproduce(version, writing: Self.weights([1]), facts: facts)
        #expect(same?.conditions == Verdict.Conditions(state: "same"))
    }

    @Test func bytesThatADiskChangedAreNoEvidence() async throws {
        let test = try await TestRegistry()
        let weights = TestRecipe.safetensors([1, 2])
        let version = try await test.train(["model.safetensors": weights])
        let path = test.registry.blobs.path(of: Digest.of(weights))
        chmod(path, 0o600)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.seek(toOffset: UInt64(weights.count - 1))
        try file.write(contentsOf: Data([0x41]))
        try file.close()
        let verdict = try await test.reproduce(
            version, writing: ["model.safetensors": TestRecipe.safetensors([1, 3])])
        #expect(verdict?.verdict == .notVerifiable)
        #expect(verdict?.reason == "original-corrupt")
    }
}
