extension PolicyEvaluation {
    /// Whether enough people approved the version as it is shown now.
    package var approvals: PolicyAnswer {
        let count = neededApprovals
        let groups = (policy.approvals?.groups ?? [:]).sorted { $0.key < $1.key }
        let wanted =
            "\(count) approval\(count == 1 ? "" : "s")"
            + groups.map { ", \($0.value) from \($0.key)" }.joined()
            + ", none by who pushed it or asked for it"
        let isOpen = facts.state == .pending || facts.state == .approved
        let approvers = approvers
        let missing = groups.filter { name, number in
            approvers.intersection((try? policy.members(of: name)) ?? []).count < number
        }
        var found = isOpen ? "\(approvers.count) that count\(approvers.count == 1 ? "s" : "")" : facts.state.rawValue
        found += missing.map { ", too few from \($0.key)" }.joined()
        found += facts.votes.compactMap { vote in reason(against: vote).map { "; one is void: \($0)" } }.joined()
        return PolicyAnswer(
            "approvals", passed: isOpen && approvers.count >= count && missing.isEmpty, wanted: wanted, found: found)
    }

    /// How many different people must approve.
    package var neededApprovals: Int { policy.approvals?.count ?? 1 }

    /// The principals whose approvals count.
    package var approvers: Set<String> {
        Set(facts.votes.filter { reason(against: $0) == nil }.map(\.principal))
    }

    /// Why an approval does not count; nil if it does.
    package func reason(against vote: PolicyFacts.Vote) -> String? {
        if vote.principal == facts.pushedBy { return "it is by who pushed the version" }
        if facts.requesters.contains(vote.principal) { return "it is by who asked for it" }
        guard let seen = vote.evidence else {
            return policy == .builtIn ? nil : "it was given before there was this policy"
        }
        guard seen.policies[facts.alias.text] == (try? policy.digest()) else { return "the policy is another by now" }
        for (kind, then) in [(Verdict.Kind.retrain, seen.retrain), (.evaluate, seen.evaluate)] {
            guard let then, let now = facts.verdict(kind, allowLocal: true) else { continue }
            if then.outcome.isAtLeast(.metricEquivalent), !now.outcome.isAtLeast(then.outcome) {
                return "the \(kind.rawValue) verdict was \(then.outcome.rawValue) and is \(now.outcome.rawValue)"
            }
        }
        return nil
    }
}
