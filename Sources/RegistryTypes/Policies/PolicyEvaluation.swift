/// Applies a policy to facts: no database, no clock, no other state.
package struct PolicyEvaluation {
    let policy: PolicyDocument
    let facts: PolicyFacts

    /// Takes a policy and what is known.
    package init(_ policy: PolicyDocument, _ facts: PolicyFacts) {
        self.policy = policy
        self.facts = facts
    }

    /// One answer for each rule, in a fixed order; the first two rules are in every policy.
    package var answers: [PolicyAnswer] {
        var answers = [finite, approvals]
        if let rule = policy.verdict { answers.append(verdict(rule)) }
        answers += (policy.metrics ?? []).map(metric)
        answers += (policy.comparisons ?? []).map(comparison)
        answers += (policy.datasets ?? []).map(dataset) + (policy.evaluations ?? []).map(evaluated)
        if policy.cleanSource == true { answers.append(cleanSource) }
        if policy.pinnedEnvironment == true { answers.append(pinnedEnvironment) }
        if let allowed = policy.images { answers.append(image(allowed)) }
        if let allowed = policy.formats { answers.append(formats(allowed)) }
        if let rule = policy.scan { answers.append(scan(rule)) }
        if policy.signedStatement == true { answers.append(signedStatement) }
        return answers
    }

    /// The answers that need no more of the facts than votes and verdicts.
    package var answersOfVotesAndVerdicts: [PolicyAnswer] {
        [approvals] + (policy.verdict.map { [verdict($0)] } ?? [])
    }

    private var finite: PolicyAnswer {
        let isFinite = !facts.flags.contains("nonfinite")
        return PolicyAnswer(
            "finite", passed: isFinite, wanted: "no NaN and no infinity, always",
            found: isFinite ? "none" : "NaN or infinite values; push a fixed version")
    }

    private func verdict(_ rule: PolicyDocument.VerdictRule) -> PolicyAnswer {
        let age = rule.notOlderThanHours.map { ", at most \(Self.span($0)) old" } ?? ""
        let wanted = "a \(rule.kind.rawValue) verdict of at least \(rule.atLeast.rawValue)\(age)"
        guard let found = facts.verdict(rule.kind, allowLocal: rule.allowLocal == true) else {
            let others = facts.verdicts.isEmpty ? "none" : "none that counts among \(facts.verdicts.count)"
            return PolicyAnswer("verdict", passed: false, wanted: wanted, found: others)
        }
        let hours = max(0, facts.at - found.at) / 3_600_000
        let isFresh = rule.notOlderThanHours.map { facts.at - found.at <= Int64($0) * 3_600_000 } ?? true
        return PolicyAnswer(
            "verdict", passed: found.outcome.isAtLeast(rule.atLeast) && isFresh, wanted: wanted,
            found: "\(found.outcome.rawValue) of \(found.id), \(Self.span(Int(hours))) old")
    }

    private var signedStatement: PolicyAnswer {
        let kind = policy.verdict?.kind ?? .retrain
        let found = facts.verdict(kind, allowLocal: policy.verdict?.allowLocal == true)
        return PolicyAnswer(
            "signedStatement", passed: found?.isSigned == true,
            wanted: "a signed statement of the \(kind.rawValue) verdict",
            found: found.map { $0.isSigned ? "that of \($0.id)" : "\($0.id) has none" } ?? "no verdict that counts")
    }

    private func dataset(_ name: QualifiedName) -> PolicyAnswer {
        let read = facts.inputs.filter { $0.name == name }
        return PolicyAnswer(
            "datasets", passed: !read.isEmpty, wanted: "a run that read a version of \(name)",
            found: Self.list((read.isEmpty ? facts.inputs : read).map(\.description)))
    }

    private func evaluated(_ name: QualifiedName) -> PolicyAnswer {
        let on = Set(facts.measurements.compactMap(\.metric.dataset))
        let fitting = on.filter { $0.name == name }
        return PolicyAnswer(
            "evaluations", passed: !fitting.isEmpty, wanted: "something measured on a version of \(name)",
            found: Self.list((fitting.isEmpty ? on : fitting).map(\.description).sorted()))
    }

    private var cleanSource: PolicyAnswer {
        let dirt = facts.flags.filter { $0 == "dirty-source" || $0 == "source-incomplete" }
        return PolicyAnswer(
            "cleanSource", passed: facts.hasSource && dirt.isEmpty, wanted: "a commit as it is, all of it in git",
            found: facts.hasSource ? dirt.isEmpty ? "one" : dirt.joined(separator: ", ") : "no recorded source")
    }

    private var pinnedEnvironment: PolicyAnswer {
        let kind = facts.environment?.kind
        return PolicyAnswer(
            "pinnedEnvironment", passed: kind == .image || kind == .rootfs,
            wanted: "an environment pinned by digest", found: environment)
    }

    private func image(_ allowed: [String]) -> PolicyAnswer {
        let isAllowed = facts.environment?.image.map { Self.matches($0.repository, allowed) } ?? false
        return PolicyAnswer(
            "images", passed: isAllowed, wanted: "an image from \(Self.list(allowed))", found: environment)
    }

    private var environment: String {
        guard let environment = facts.environment else { return "a run without a recipe" }
        return environment.image?.description ?? environment.kind.rawValue
    }

    static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { (try? NamePattern($0))?.matches(name) == true }
    }

    static func list(_ words: [String]) -> String {
        guard !words.isEmpty else { return "none" }
        let more = words.count > 5 ? " and \(words.count - 5) more" : ""
        return words.prefix(5).joined(separator: ", ") + more
    }

    /// `36 h`, `30 d`.
    private static func span(_ hours: Int) -> String {
        hours >= 48 ? "\(hours / 24) d\(hours % 24 == 0 ? "" : " \(hours % 24) h")" : "\(hours) h"
    }
}
