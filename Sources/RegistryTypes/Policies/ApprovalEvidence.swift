/// What an approver saw of a version beside its digest; the approval is bound to it.
///
/// The approver sends it back. If it is another by then, the approval is refused with what changed.
public struct ApprovalEvidence: Codable, Hashable, Sendable {
    public var artifact: Digest
    /// `nonfinite`, `dirty-source`, …
    public var flags: [String]
    /// The digest of all measurements.
    public var measurements: Digest
    /// The newest verdict of a retraining that counts.
    public var retrain: PolicyFacts.Finding?
    /// The newest verdict of an evaluation that counts.
    public var evaluate: PolicyFacts.Finding?
    /// The digests of the policies that guard the model's aliases, by alias.
    public var policies: [String: Digest]

    /// What the facts show.
    public init(_ facts: PolicyFacts, policies: [String: Digest]) throws {
        artifact = facts.artifact
        flags = facts.flags
        measurements = try facts.measurements.canonicalDigest()
        retrain = facts.verdict(.retrain, allowLocal: true)
        evaluate = facts.verdict(.evaluate, allowLocal: true)
        self.policies = policies
    }

    /// The digest of it all.
    public func digest() throws -> Digest { try canonicalDigest() }

    /// What is different in another look, in sentences.
    public func changes(to now: ApprovalEvidence) -> [String] {
        var changes: [String] = []
        if artifact != now.artifact { changes.append("the artifact is another") }
        if flags != now.flags { changes.append("the flags are now \(now.flags.joined(separator: ", "))") }
        if measurements != now.measurements { changes.append("there are other measurements") }
        changes += Self.change("retrain", retrain, now.retrain) + Self.change("evaluate", evaluate, now.evaluate)
        for alias in Set(policies.keys).union(now.policies.keys).sorted() where policies[alias] != now.policies[alias] {
            changes.append("the policy of \(alias) is another")
        }
        return changes
    }

    private static func change(
        _ kind: String, _ then: PolicyFacts.Finding?, _ now: PolicyFacts.Finding?
    ) -> [String] {
        guard then != now else { return [] }
        let before = then?.outcome.rawValue ?? "missing"
        let after = now?.outcome.rawValue ?? "missing"
        return [
            "the \(kind) verdict was \(before)" + (before == after ? ", and there is a newer one" : " and is \(after)")
        ]
    }
}

extension PolicyFacts {
    /// The newest comparison of a kind that counts about the version as it is.
    ///
    /// One that changed something on purpose is about the change; one that needed tolerances which were given only when
    /// it was asked for says what its asker wished; `failed` and `not-verifiable` compare nothing.
    func verdict(_ kind: Verdict.Kind, allowLocal: Bool) -> Finding? {
        verdicts.first { finding in
            let isExact = finding.outcome == .bitIdentical || finding.outcome == .tensorEqual
            let isKindForIt = finding.hasOwnTolerances && !isExact && finding.outcome != .diverged
            return finding.kind == kind && finding.variation == nil && !isKindForIt
                && (allowLocal || !finding.isLocal) && finding.outcome != .failed && finding.outcome != .notVerifiable
        }
    }
}
