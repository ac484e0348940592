import Foundation
import RegistryTypes
import Testing

/// Each rule of a policy against facts that satisfy it and facts that do not.
@Suite struct PolicyEvaluationTests {
    private static let hour: Int64 = 3_600_000
    private static let now: Int64 = 1_700_000_000_000

    /// A version that a pusher `p` made, with one approval by `a`.
    private static func facts(_ change: (inout PolicyFacts) throws -> Void = { _ in }) throws -> PolicyFacts {
        let digest = Digest.of(Data("version".utf8))
        var facts = PolicyFacts(
            at: now, alias: try Alias("production"), version: try VersionReference("demo/m:2"), digest: digest,
            artifact: Digest.of(Data("artifact".utf8)), pushedBy: "p", flags: [], hasSource: true, state: .approved)
        try change(&facts)
        return facts
    }

    private static func finding(
        _ outcome: Verdict.Outcome, kind: Verdict.Kind = .retrain, hoursAgo: Int64 = 1, variation: String? = nil,
        hasOwnTolerances: Bool = false, isLocal: Bool = false, isSigned: Bool = true
    ) -> PolicyFacts.Finding {
        PolicyFacts.Finding(
            id: RunID(at: now - hoursAgo * hour), kind: kind, outcome: outcome, at: now - hoursAgo * hour,
            variation: variation, hasOwnTolerances: hasOwnTolerances, isLocal: isLocal, isSigned: isSigned)
    }

    private static func measured(
        _ name: String, _ value: Double, on dataset: String? = nil, by origin: PolicyFacts.Measurement.Origin = .push,
        hoursAgo: Int64 = 1
    ) throws -> PolicyFacts.Measurement {
        PolicyFacts.Measurement(
            metric: Metric(name: name, value: value, dataset: try dataset.map { try VersionReference($0) }),
            origin: origin, at: now - hoursAgo * hour)
    }

    private func answers(_ policy: PolicyDocument, _ facts: PolicyFacts) -> [String: Bool] {
        Dictionary(
            PolicyDecision(policy, facts).answers.map { ($0.rule, $0.passed) }, uniquingKeysWith: { $0 && $1 })
    }

    @Test func verdicts() throws {
        let rule = PolicyDocument.VerdictRule(kind: .retrain, atLeast: .withinTolerance, notOlderThanHours: 48)
        var policy = PolicyDocument()
        policy.verdict = rule
        let table: [(String, [PolicyFacts.Finding], Bool)] = [
            ("never verified", [], false), ("better", [Self.finding(.bitIdentical)], true),
            ("just enough", [Self.finding(.withinTolerance)], true),
            ("worse", [Self.finding(.metricEquivalent)], false),
            ("diverged", [Self.finding(.diverged)], false),
            ("on the last millisecond", [Self.finding(.bitIdentical, hoursAgo: 48)], true),
            ("too old", [Self.finding(.bitIdentical, hoursAgo: 49)], false),
            ("an evaluation", [Self.finding(.bitIdentical, kind: .evaluate)], false),
            ("a variation", [Self.finding(.bitIdentical, variation: "threads=2")], false),
            (
                "a variation before a good one",
                [Self.finding(.diverged, variation: "threads=2"), Self.finding(.bitIdentical)], true
            ),
            ("on the asker's machine", [Self.finding(.bitIdentical, isLocal: true)], false),
            ("with the asker's tolerances", [Self.finding(.withinTolerance, hasOwnTolerances: true)], false),
            ("identical whatever the tolerances", [Self.finding(.bitIdentical, hasOwnTolerances: true)], true),
            (
                "a later failure compares nothing", [Self.finding(.failed), Self.finding(.bitIdentical, hoursAgo: 2)],
                true
            ),
            ("the newest counts", [Self.finding(.diverged), Self.finding(.bitIdentical, hoursAgo: 2)], false),
        ]
        for (name, verdicts, isEnough) in table {
            #expect(answers(policy, try Self.facts { $0.verdicts = verdicts })["verdict"] == isEnough, "\(name)")
        }
        policy.verdict?.allowLocal = true
        #expect(
            answers(policy, try Self.facts { $0.verdicts = [Self.finding(.bitIdentical, isLocal: true)] })["verdict"]
                == true)
        policy.signedStatement = true
        let unsigned = try Self.facts { $0.verdicts = [Self.finding(.bitIdentical, isSigned: false)] }
        #expect(answers(policy, unsigned)["signedStatement"] == false && answers(policy, unsigned)["verdict"] == true)
    }

    @Test func bounds() throws {
        let holdout = try QualifiedName("demo/holdout")
        let table: [(String, PolicyDocument.MetricRule, [PolicyFacts.Measurement], Bool)] = [
            ("not measured", .init(name: "acc", atLeast: 0.9), [], false),
            ("on the bound", .init(name: "acc", atLeast: 0.9), [try Self.measured("acc", 0.9)], true),
            ("below", .init(name: "acc", atLeast: 0.9), [try Self.measured("acc", 0.899)], false),
            ("above the upper", .init(name: "mse", atMost: 2), [try Self.measured("mse", 2.1)], false),
            ("between", .init(name: "x", atLeast: 1, atMost: 2), [try Self.measured("x", 1.5)], true),
            ("NaN", .init(name: "acc", atLeast: 0.9), [try Self.measured("acc", .nan)], false),
            ("infinite", .init(name: "acc", atLeast: 0.9), [try Self.measured("acc", .infinity)], false),
            (
                "another dataset", .init(name: "acc", dataset: holdout, atLeast: 0.9), [try Self.measured("acc", 1)],
                false
            ),
            (
                "the right dataset", .init(name: "acc", dataset: holdout, atLeast: 0.9),
                [try Self.measured("acc", 1, on: "demo/holdout:3")], true
            ),
            (
                "the newest measurement", .init(name: "acc", atLeast: 0.9),
                [try Self.measured("acc", 1, hoursAgo: 5), try Self.measured("acc", 0.1, by: .worker)], false
            ),
            (
                "the pusher's word", .init(name: "acc", atLeast: 0.9, byWorker: true), [try Self.measured("acc", 1)],
                false
            ),
            (
                "a worker's", .init(name: "acc", atLeast: 0.9, byWorker: true),
                [try Self.measured("acc", 1, by: .worker)],
                true
            ),
            (
                "the asker's own evaluation", .init(name: "acc", atLeast: 0.9),
                [try Self.measured("acc", 1, by: .local)], false
            ),
        ]
        for (name, rule, measurements, isWithin) in table {
            var policy = PolicyDocument()
            policy.metrics = [rule]
            #expect(
                answers(policy, try Self.facts { $0.measurements = measurements })["metrics"] == isWithin, "\(name)")
        }
    }

    @Test func comparisons() throws {
        func present(_ value: Double, on dataset: String? = nil) throws -> PolicyFacts.Present {
            PolicyFacts.Present(
                version: try VersionReference("demo/m:1"), digest: Digest.of(Data("older".utf8)),
                measurements: [try Self.measured("acc", value, on: dataset, hoursAgo: 9)])
        }
        let higher = PolicyDocument.ComparisonRule(name: "acc", better: .higher, notWorseThanPercent: 1)
        let lower = PolicyDocument.ComparisonRule(name: "acc", better: .lower, notWorseThan: 0.5)
        let onData = PolicyDocument.ComparisonRule(
            name: "acc", dataset: try QualifiedName("demo/holdout"), better: .higher, notWorseThan: 0)
        let table: [(String, PolicyDocument.ComparisonRule, Double, String?, PolicyFacts.Present?, Bool)] = [
            ("a new alias", higher, 0.1, nil, nil, true), ("better", higher, 1, nil, try present(0.9), true),
            ("one percent worse", higher, 99, nil, try present(100), true),
            ("more than that", higher, 98.9, nil, try present(100), false),
            ("percent of a negative number", higher, -101, nil, try present(-100), true),
            ("lower is better", lower, 2.5, nil, try present(2), true),
            ("lower is better, too much", lower, 2.51, nil, try present(2), false),
            ("NaN here", higher, .nan, nil, try present(1), false),
            ("NaN there", higher, 1, nil, try present(.nan), false),
            ("the same data", onData, 1, "demo/holdout:2", try present(1, on: "demo/holdout:2"), true),
            ("other data", onData, 1, "demo/holdout:3", try present(0.5, on: "demo/holdout:2"), false),
        ]
        for (name, rule, value, dataset, present, isEnough) in table {
            var policy = PolicyDocument()
            policy.comparisons = [rule]
            let facts = try Self.facts {
                $0.measurements = [try Self.measured("acc", value, on: dataset)]
                $0.present = present
            }
            #expect(answers(policy, facts)["comparisons"] == isEnough, "\(name)")
        }
        var policy = PolicyDocument()
        policy.comparisons = [higher]
        let back = try Self.facts { $0.isRollback = true }
        #expect(answers(policy, back)["comparisons"] == true)
    }

    @Test func approvals() throws {
        var policy = PolicyDocument()
        policy.groups = ["risk": ["r1", "r2"], "all": ["group:risk", "a", "b"]]
        policy.approvals = .init(count: 2, groups: ["risk": 1])
        try policy.check()
        let own = try policy.digest()
        func vote(_ principal: String, policy: Digest? = nil, retrain: PolicyFacts.Finding? = nil) throws
            -> PolicyFacts.Vote
        {
            var evidence = try ApprovalEvidence(Self.facts(), policies: ["production": policy ?? own])
            evidence.retrain = retrain
            return PolicyFacts.Vote(principal: principal, at: Self.now, evidence: evidence)
        }
        let good = Self.finding(.bitIdentical)
        let other = try PolicyDocument.builtIn.digest()
        let table: [(String, [PolicyFacts.Vote], Bool)] = [
            ("none", [], false), ("one", [try vote("r1")], false), ("two", [try vote("r1"), try vote("a")], true),
            ("twice the same", [try vote("r1"), try vote("r1")], false),
            ("nobody of the group", [try vote("a"), try vote("b")], false),
            ("the pusher's does not count", [try vote("r1"), try vote("p")], false),
            ("the asker's does not count", [try vote("r1"), try vote("q")], false),
            ("under another policy", [try vote("r1"), try vote("a", policy: other)], false),
            ("when it was better", [try vote("r1", retrain: good), try vote("a")], false),
            ("from before evidence", [try vote("r1"), .init(principal: "a", at: 0, evidence: nil)], false),
        ]
        for (name, votes, isEnough) in table {
            let facts = try Self.facts {
                $0.votes = votes
                $0.requesters = ["q"]
                $0.verdicts = [Self.finding(.diverged)]
            }
            #expect(answers(policy, facts)["approvals"] == isEnough, "\(name)")
        }
        for state in [ApprovalState.rejected, .withdrawn] {
            let facts = try Self.facts {
                $0.votes = [try vote("r1"), try vote("a")]
                $0.state = state
            }
            #expect(answers(policy, facts)["approvals"] == false, "\(state)")
        }
        // Without a policy of one's own an approval from before evidence was recorded counts.
        let old = try Self.facts { $0.votes = [.init(principal: "a", at: 0, evidence: nil)] }
        #expect(answers(.builtIn, old)["approvals"] == true)
    }

    @Test func filesAndSources() throws {
        func file(_ path: String, _ format: String, imports: [String]? = nil, unknown: String? = nil) throws
            -> ScannedFiles.File
        {
            ScannedFiles.File(path: try ArtifactPath(path), format: format, imports: imports, unknown: unknown)
        }
        func scanned(_ files: [ScannedFiles.File], omitted: Int = 0) -> ScannedFiles {
            var all = ScannedFiles()
            files.forEach { all.add($0) }
            all.omitted = omitted
            return all
        }
        var policy = PolicyDocument()
        policy.scan = .init(allow: ["sklearn.*"])
        policy.formats = ["safetensors", "pytorch"]
        policy.otherFiles = ["*.md"]
        let table: [(String, ScannedFiles?, scan: Bool, formats: Bool)] = [
            ("never looked through", nil, false, false),
            ("more than what is listed", scanned([try file("w.safetensors", "safetensors")], omitted: 1), false, false),
            ("safetensors", scanned([try file("w.safetensors", "safetensors")]), true, true),
            (
                "a tensor",
                scanned([
                    try file("w.pt", "pytorch", imports: ["torch._utils._rebuild_tensor_v2", "torch.FloatStorage"])
                ]), true, true
            ),
            ("a shell", scanned([try file("w.pt", "pytorch", imports: ["posix.system"])]), false, true),
            (
                "hidden behind a known module", scanned([try file("w.pt", "pytorch", imports: ["torch.hub.load"])]),
                false, true
            ),
            (
                "what the policy allows", scanned([try file("w.pt", "pytorch", imports: ["sklearn.svm.SVC"])]), true,
                true
            ),
            ("an unknown container", scanned([try file("w.7z", "raw", unknown: "no known format")]), false, false),
            ("a broken file", scanned([try file("w.pt", "pytorch", unknown: "cannot be read")]), false, true),
            ("another format", scanned([try file("w.npz", "npz")]), true, false),
            (
                "a text beside",
                scanned([try file("w.safetensors", "safetensors"), try file("README.md", "raw", unknown: "x")]), true,
                true
            ),
        ]
        for (name, files, scan, formats) in table {
            let found = answers(policy, try Self.facts { $0.files = files })
            #expect(found["scan"] == scan && found["formats"] == formats, "\(name)")
        }
        policy = PolicyDocument()
        policy.cleanSource = true
        policy.pinnedEnvironment = true
        policy.images = ["registry.example/base/*"]
        policy.datasets = [try QualifiedName("demo/train")]
        policy.evaluations = [try QualifiedName("demo/holdout")]
        let bare = answers(policy, try Self.facts { $0.hasSource = false })
        #expect(
            ["cleanSource", "pinnedEnvironment", "images", "datasets", "evaluations"].allSatisfy { bare[$0] == false })
        let image = "registry.example/base/python@sha256:\(String(repeating: "a", count: 64))"
        let full = try Self.facts {
            $0.environment = .init(image: try ImageReference(image))
            $0.inputs = [try VersionReference("demo/train:4")]
            $0.measurements = [try Self.measured("acc", 1, on: "demo/holdout:1")]
        }
        #expect(answers(policy, full).values.allSatisfy { $0 } == false, "nobody approved it")
        #expect(answers(policy, full).filter { !$0.value }.keys.sorted() == ["approvals"])
        for flag in ["dirty-source", "source-incomplete"] {
            #expect(answers(policy, try Self.facts { $0.flags = [flag] })["cleanSource"] == false)
        }
        let elsewhere = try Self.facts {
            $0.environment = .init(image: try ImageReference(image.replacing("base", with: "evil")))
        }
        #expect(answers(policy, elsewhere)["images"] == false)
    }

    @Test func nonfiniteNeverPassesAndADecisionCanBeTakenAgain() throws {
        let facts = try Self.facts {
            $0.flags = ["nonfinite"]
            $0.votes = [.init(principal: "a", at: 0, evidence: nil)]
        }
        let decision = PolicyDecision(.builtIn, facts, override: RunID(at: 0))
        #expect(!decision.holds && !decision.allows && decision.answers.first?.rule == "finite")
        let kept = try StrictJSON.decode(PolicyDecision.self, from: decision.canonicalJSON())
        #expect(kept == decision && kept.isRepeatable)
        var changed = kept
        changed.answers[0].passed = true
        #expect(!changed.isRepeatable)
    }

    @Test func whatAnApproverSawIsComparedPartByPart() throws {
        let before = try Self.facts { $0.verdicts = [Self.finding(.bitIdentical, hoursAgo: 3)] }
        let policies = ["production": try PolicyDocument.builtIn.digest()]
        let seen = try ApprovalEvidence(before, policies: policies)
        #expect(seen.changes(to: seen) == [])
        var after = before
        after.verdicts.insert(Self.finding(.diverged), at: 0)
        after.measurements = [try Self.measured("acc", 1)]
        after.flags = ["dirty-source"]
        let changes = seen.changes(to: try ApprovalEvidence(after, policies: [:]))
        #expect(changes.count == 4)
        #expect(changes.contains("the retrain verdict was bit-identical and is diverged"))
        #expect(changes.contains("the policy of production is another"))
    }
}
