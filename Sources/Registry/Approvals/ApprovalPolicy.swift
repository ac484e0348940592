import RegistryTypes

/// The rules of a decision, without a database: given what is known, may it be taken?
struct ApprovalPolicy {
    let decision: Decision
    /// The version digest that the approver looked at.
    let seen: Digest
    /// What else the approver saw.
    let evidence: ApprovalEvidence?
    /// What there is to see now.
    let present: ApprovalEvidence
    /// Whether somebody set a policy for the version.
    let isGuarded: Bool
    let facts: PolicyFacts
    let policy: PolicyDocument
    /// The principal that decides: tokens do not matter.
    let approver: String

    /// Throws the first rule that the decision breaks.
    func check() throws {
        guard seen == facts.digest else {
            throw RegistryError(
                .preconditionFailed,
                "the decision is about \(seen), but this version's digest is \(facts.digest); look again")
        }
        switch decision {
        case .approve: try checkApproval()
        case .reject:
            guard facts.state != .rejected else { throw RegistryError(.conflict, "the version is rejected already") }
        case .withdraw:
            guard facts.state == .approved else {
                throw RegistryError(
                    .conflict, "only an approval can be withdrawn; the version is \(facts.state.rawValue)")
            }
        }
    }

    private func checkApproval() throws {
        guard !facts.flags.contains("nonfinite") else {
            throw RegistryError(
                .nonfiniteVersion,
                "the version holds NaN or infinite values and can never be approved; push a fixed version")
        }
        guard approver != facts.pushedBy else {
            throw RegistryError(.fourEyes, "whoever pushed a version may not approve it; ask another person")
        }
        guard !facts.requesters.contains(approver) else {
            throw RegistryError(.fourEyes, "whoever asked for an approval may not give it; ask another person")
        }
        try checkEvidence()
        let evaluation = PolicyEvaluation(policy, facts)
        let own = facts.votes.last { $0.principal == approver }
        if let own, evaluation.reason(against: own) == nil {
            throw RegistryError(
                .conflict, "you approved the version already" + (facts.state == .approved ? "" : "; others must, too"))
        }
    }

    private func checkEvidence() throws {
        guard let evidence else {
            guard isGuarded else { return }
            throw RegistryError(
                .invalidRequest,
                "a policy guards this version: send back what you saw of it, the member evidence of its policy's answer"
            )
        }
        let changes = evidence.changes(to: present)
        guard changes.isEmpty else {
            throw RegistryError(
                .preconditionFailed,
                "what you saw of the version has changed: \(changes.joined(separator: "; ")); look again",
                details: ["changes": changes.joined(separator: "; ")])
        }
    }
}
