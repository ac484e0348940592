import Foundation
import RegistryCommand
import RegistryTypes
import Testing

/// The page of a verdict says what the verdict says; `HostileTextTests` has what it must not become.
@Suite struct VerdictHTMLTests {
    private static func record(_ verdict: Verdict?) throws -> ReproductionRecord {
        ReproductionRecord(
            id: RunID(at: 0), version: try VersionReference("a/m:1"), versionDigest: Digest.of(Data()), kind: .retrain,
            state: .done, requestedBy: PrincipalRecord(id: "p", kind: .person, name: "<b>Eve</b>"), createdAt: 0,
            startedAt: 0, endedAt: 0, verdict: verdict, statement: Digest.of(Data("s".utf8)))
    }

    private static func verdict(named name: String) throws -> Verdict {
        var tensor = TensorEvidence(name: name, dtype: .float32, shape: [2], elements: 2, finding: .diverged)
        tensor.difference = TensorDifference(differing: 1, maxAbsolute: 0.25)
        var output = OutputEvidence(
            path: try ArtifactPath("w.npy"), role: .weights, format: name, verdict: .diverged,
            originalDigest: Digest.of(Data("a".utf8)), reproducedDigest: Digest.of(Data("b".utf8)))
        output.tensors = [tensor]
        output.detail = name
        return Verdict(
            kind: .retrain, verdict: .diverged, reason: name, explanation: name,
            conditions: .init(
                state: "differs", differs: ["packages"],
                changes: [.init(fact: "python.numpy", original: "1.24.2", reproduced: "1.26.0")]),
            flags: [name], outputs: [output],
            metrics: MetricEvidence.compare(
                original: [Metric(name: name, value: .nan)], reproduced: [Metric(name: name, value: 1)], tolerances: [:]
            ),
            executor: name)
    }

    @Test func saysWhatTheVerdictSays() throws {
        let page = try #require(VerdictHTML(Self.record(Self.verdict(named: "w")))).text
        for text in [
            "diverged", "<td>python.numpy</td><td>1.24.2</td><td>1.26.0</td>", "<td>1 of 2</td>", "0.25",
            "<td>nan</td><td>1</td>", "assay verify", Digest.of(Data("s".utf8)).description,
        ] { #expect(page.contains(text), "\(text)") }
        #expect(try VerdictHTML(Self.record(nil)) == nil)
    }
}
