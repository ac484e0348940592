package import RegistryTypes

/// What `assay policy` prints.
package enum PolicyPage {
    /// Policies that are or were in force, one line each.
    static func table(_ records: [PolicyRecord]) -> String {
        guard !records.isEmpty else { return "no policy: production needs one approval, other aliases need nothing" }
        var table = TextTable(["FOR", "ALIAS", "POLICY", "RULES", "SINCE", "BY"])
        for record in records {
            table.add([
                record.model.map { "\(record.namespace)/\($0)" } ?? "\(record.namespace), all models",
                record.alias?.text ?? "protected ones", record.digest.map(Wording.short) ?? "ended",
                record.policy.map { rules($0).joined(separator: ", ") } ?? "-", Wording.time(record.setAt),
                record.setBy.name,
            ])
        }
        return table.text
    }

    /// What a policy says about a version, rule by rule.
    package static func text(_ test: PolicyTest, console: Console) -> String {
        let decision = test.decision
        let facts = decision.facts
        let holds = decision.holds
        var page = PageText()
        page.add(
            console.styled(
                "\(facts.alias) \(decision.allows ? "may" : "may NOT") point to \(facts.version)", .strong))
        page.add("policy", test.policy.description)
        page.add("decision", test.digest.description)
        page.add("asked at", Wording.time(facts.at))
        if let override = decision.override {
            page.add("EMERGENCY", console.styled("override \(override) lets the alias move against the policy", .bad))
        }
        for answer in decision.answers {
            let word = answer.passed ? console.styled("pass", .good) : console.styled("FAIL", .bad)
            page.section("\(word) \(answer.rule)", ["wanted: \(answer.wanted)", "found:  \(answer.found)"])
        }
        if !holds { page.section("why not", decision.failures) }
        return page.text
    }

    /// Requests for approval that wait, each with what is missing.
    package static func text(_ requests: [OpenApprovalRequest]) -> String {
        guard !requests.isEmpty else { return "nothing waits for approval" }
        var table = TextTable(["VERSION", "DIGEST", "ASKED", "BY", "APPROVALS", "MISSING", "COMMENT"])
        for request in requests {
            table.add([
                request.version.description, Wording.short(request.digest), Wording.time(request.at),
                request.principal.name, "\(request.approvals) of \(request.needed)",
                Wording.list(request.answers.filter { !$0.passed }.map(\.rule)), request.comment ?? "-",
            ])
        }
        return table.text
    }

    private static func rules(_ policy: PolicyDocument) -> [String] {
        guard let members = try? JSONValue(encoding: policy).object else { return [] }
        return members.keys.filter { $0 != "schema" && $0 != "groups" }.sorted()
    }
}
