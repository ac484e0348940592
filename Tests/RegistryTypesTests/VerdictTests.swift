import Foundation
import RegistryTypes
import Testing

/// Minimums, metric evidence and strict documents.
@Suite struct VerdictTests {
    @Test func onlyEvidenceOfEqualitySatisfiesAMinimum() {
        #expect(Verdict.Outcome.bitIdentical.isAtLeast(.metricEquivalent))
        #expect(!Verdict.Outcome.withinTolerance.isAtLeast(.tensorEqual))
        for outcome in [Verdict.Outcome.diverged, .failed, .notVerifiable] {
            for minimum in Verdict.Outcome.allCases { #expect(!outcome.isAtLeast(minimum)) }
        }
    }

    @Test func metricsCompareByToleranceAndClass() throws {
        func result(_ a: Double?, _ b: Double?, _ tolerance: Tolerance? = nil) -> MetricEvidence.Result? {
            MetricEvidence.compare(
                original: a.map { [Metric(name: "m", value: $0)] } ?? [],
                reproduced: b.map { [Metric(name: "m", value: $0)] } ?? [],
                tolerances: tolerance.map { ["m": $0] } ?? [:]
            ).first?.result
        }
        #expect(result(0.5, 0.5) == .identical)
        #expect(result(0.9681713203453419, 0.9681713203453418) == .withinTolerance)
        #expect(result(0.5, 0.51) == .differs)
        #expect(result(0.5, 0.51, Tolerance(absolute: 0.02)) == .withinTolerance)
        #expect(result(.nan, .nan) == .identical)
        #expect(result(.nan, 1) == .differs)
        #expect(result(.infinity, -.infinity) == .differs)
        #expect(result(0.5, nil) == .missing)
    }

    @Test func unknownMembersAreRefused() throws {
        let good = Data(#"{"decision":"approve","digest":"\#(NameTests.digest)"}"#.utf8)
        #expect(try StrictJSON.decode(DecideVersion.self, from: good).decision == .approve)
        let smuggled = Data(#"{"decision":"approve","digest":"\#(NameTests.digest)","isAdmin":true}"#.utf8)
        #expect { try StrictJSON.decode(DecideVersion.self, from: smuggled) } throws: { error in
            (error as? RegistryError)?.message.contains("isAdmin") ?? false
        }
        let mistyped = Data(#"{"decision":7,"digest":"\#(NameTests.digest)"}"#.utf8)
        #expect { try StrictJSON.decode(DecideVersion.self, from: mistyped) } throws: { error in
            (error as? RegistryError)?.code == .invalidJSON
        }
    }

    @Test func errorCodesAreUnique() {
        #expect(Set(ErrorCode.allCases.map(\.rawValue)).count == ErrorCode.allCases.count)
        for code in ErrorCode.allCases {
            #expect((400...599).contains(code.status))
            #expect((1...8).contains(code.exitCode))
        }
    }

    @Test func recipesKeepTheirDigest() throws {
        let digest = try Digest(NameTests.digest)
        func recipe(seed: Int64) throws -> Recipe {
            Recipe(
                source: .init(
                    url: nil, commit: try GitCommit(String(repeating: "0", count: 40)), subfolder: "", bundle: digest),
                inputs: [
                    .init(name: "b", phase: .train, dataset: try VersionReference("d/x:1"), artifact: digest),
                    .init(name: "a", phase: .train, dataset: try VersionReference("d/y:1"), artifact: digest),
                ],
                parameters: ["rate": 0.1], seed: seed, env: [:], environment: .init(kind: .host),
                train: ["python3", "train.py"], evaluate: nil,
                outputs: [.init(path: try ArtifactPath("w.npz"), role: .weights)], compare: .init(),
                resources: .init(), timeouts: .init())
        }
        let one = try recipe(seed: 1)
        try one.check()
        #expect(one.inputs.map(\.name) == ["a", "b"])
        let read = try StrictJSON.decode(Recipe.self, from: one.canonicalJSON())
        #expect(try read.canonicalDigest() == one.canonicalDigest())
        #expect(try recipe(seed: 2).canonicalDigest() != one.canonicalDigest())
        // Computed by Python from the document written out by hand: a change here changes every recipe there is.
        let golden = "f1dba4b39fe02dcc58aa2fe0ad4476431349975ffeba18900533e613a4f22b3f"
        #expect(try one.canonicalDigest().hex == golden)
    }
}
