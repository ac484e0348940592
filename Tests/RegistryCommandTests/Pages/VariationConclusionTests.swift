import Foundation
import RegistryCommand
import RegistryTypes
import Testing

/// One sentence names what results depend on.
@Suite struct VariationConclusionTests {
    private static func record(
        _ variation: String?, _ outcome: Verdict.Outcome?, difference: Double? = nil, reason: String? = nil,
        changes: [Verdict.Conditions.Change]? = nil, worker: String = "w", at time: Int64 = 0
    ) throws -> ReproductionRecord {
        var verdict = outcome.map { Verdict(kind: .retrain, verdict: $0, reason: reason) }
        if let changes {
            verdict?.conditions = .init(state: "differs", differs: changes.map(\.fact), changes: changes)
        }
        if let difference {
            let digest = Digest.of(Data())
            var tensor = TensorEvidence(name: "w", dtype: .float64, shape: [1], elements: 1, finding: .diverged)
            tensor.difference = TensorDifference(differing: 1, maxAbsolute: difference)
            var output = OutputEvidence(
                path: try ArtifactPath("w.npy"), role: .weights, format: "npy", verdict: .diverged,
                originalDigest: digest, reproducedDigest: digest)
            output.tensors = [tensor]
            verdict?.outputs = [output]
        }
        return ReproductionRecord(
            id: RunID(at: time), version: try VersionReference("a/m:1"), versionDigest: Digest.of(Data()),
            kind: .retrain,
            state: outcome == nil ? .cancelled : .done,
            requestedBy: PrincipalRecord(id: "p", kind: .person, name: "p"), createdAt: 0, startedAt: 0, endedAt: 0,
            variation: try variation.map { try Variation($0) }, verdict: verdict, worker: worker)
    }

    @Test func theHashSeed() throws {
        let sentence = VariationConclusion([
            try Self.record(nil, .bitIdentical), try Self.record("hash-seed=1", .diverged, difference: 0.62),
            try Self.record("folder=elsewhere", .bitIdentical),
        ]).sentence
        #expect(
            sentence == "depends on the hash seed: weights differ by up to 0.62 when PYTHONHASHSEED is 1 instead of 0 "
                + "(iteration order of a set?)")
    }

    @Test func severalCausesEachWithItsWorstRun() throws {
        let sentence = VariationConclusion([
            try Self.record(nil, .bitIdentical),
            try Self.record("threads=4", .withinTolerance, difference: 2e-16, at: 1),
            try Self.record(
                "threads=1", .withinTolerance, difference: 2e-15,
                changes: [.init(fact: "threads.openblas", original: "2", reproduced: "1")], at: 2),
            try Self.record("blas-kernel=Prescott", .failed, reason: "signal", at: 3),
        ]).sentence
        #expect(
            sentence
                == "depends on the number of threads: weights differ by up to 2.00e-15 with 1 thread instead of 2; "
                + "depends on the kernels of OpenBLAS: the run fails (signal) with those of Prescott")
    }

    @Test func nothingAndWhatSaysNothing() throws {
        let same = [try Self.record(nil, .bitIdentical), try Self.record("threads=2", .bitIdentical)]
        #expect(VariationConclusion(same).sentence == "the same bytes with threads=2")
        let differing = [
            try Self.record(nil, .withinTolerance, difference: 0.5), try Self.record("threads=2", .diverged),
        ]
        #expect(
            VariationConclusion(differing).sentence
                == "differs even when nothing is changed (within-tolerance, by up to 0.5)")
        let broken = [try Self.record(nil, .failed, reason: "timeout"), try Self.record("threads=2", .bitIdentical)]
        #expect(VariationConclusion(broken).sentence == "failed even when nothing is changed (timeout)")
        let cancelled = [try Self.record(nil, nil), try Self.record("threads=2", .bitIdentical)]
        #expect(VariationConclusion(cancelled).sentence.hasPrefix("nothing can be said"))
        let apart = [
            try Self.record(nil, .bitIdentical), try Self.record("threads=2", .bitIdentical, worker: "other"),
        ]
        #expect(VariationConclusion(apart).sentence.hasSuffix("(not all runs were on one worker)"))
        let container = [try Self.record(nil, .bitIdentical), try Self.record("threads=2", .tensorEqual)]
        #expect(VariationConclusion(container).sentence.contains("the bytes of its files change, the numbers do not"))
    }

    @Test(
        arguments: [
            (0, "just now"), (59_999, "just now"), (60_000, "1 minute ago"), (3_600_000, "1 hour ago"),
            (47 * 3_600_000, "47 hours ago"), (30 * 86_400_000, "30 days ago"), (-5, "just now"),
        ] as [(Int64, String)])
    func agesAreRounded(_ age: Int64, _ words: String) {
        #expect(Wording.age(of: 1_000_000, at: 1_000_000 + age) == words)
    }

    @Test func aVerdictIsStaleFromItsTimeOn() {
        #expect(Wording.age(of: 0, staleAt: 86_400_000, at: 86_399_999) == "23 hours ago")
        #expect(Wording.age(of: 0, staleAt: 86_400_000, at: 86_400_000) == "24 hours ago, stale")
        #expect(
            Wording.datedAge(of: 0, staleAt: 0, at: 0)
                == "just now (1970-01-01 00:00:00Z), stale since 1970-01-01 00:00:00Z")
    }
}
