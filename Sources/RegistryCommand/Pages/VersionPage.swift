package import RegistryTypes

/// What `assay show` prints of a version of a model or dataset.
package struct VersionPage {
    private let record: VersionRecord
    private let console: Console
    private let now: Int64

    /// Takes a version, and the present in UTC milliseconds.
    package init(_ record: VersionRecord, console: Console, now: Int64 = Wording.now) {
        self.record = record
        self.console = console
        self.now = now
    }

    /// The most files and metrics that are listed.
    private static let longestList = 50

    /// The whole page.
    package var text: String {
        let summary = record.summary
        let kind = record.document.dataset == nil ? "model" : "dataset"
        var page = PageText()
        page.add(console.styled("\(kind) \(summary.name):\(summary.number)", .strong))
        page.add("removed", summary.removedAt.map { console.styled(Wording.time($0), .bad) })
        page.add("digest", summary.digest.description)
        page.add("artifact", "\(summary.artifact)  \(Wording.bytes(summary.totalSize))")
        page.add("same as", summary.sameArtifactAs.map { "the artifact of :\($0)" })
        page.add("pushed", "\(Wording.time(summary.createdAt)) by \(Self.name(summary.createdBy))")
        page.add("aliases", aliases)
        page.add("approval", summary.approval.map(styled))
        page.add("flags", flags(summary.flags))
        for override in summary.overrides ?? [] where override.confirmed != nil {
            page.add("EMERGENCY", words(override))
        }
        for alert in record.alerts ?? [] { page.add("ALERT", console.styled(Wording.alert(alert), .bad)) }
        if kind == "model" || record.run != nil { page.add("reproduced", reproduced) }
        page.section("files", files)
        if let run = record.run { addRun(run, to: &page) }
        page.section("decisions", decisions)
        for reproduction in record.reproductions ?? [] { addReproduction(reproduction, to: &page) }
        return page.text
    }

    private var aliases: String? {
        let words = Wording.aliases(of: record.summary).joined(separator: ", ")
        guard !words.isEmpty else { return nil }
        return record.summary.overriddenAliases == nil ? words : console.styled(words, .bad)
    }

    private func styled(_ state: ApprovalState) -> String {
        switch state {
        case .approved: console.styled(state.rawValue, .good)
        case .pending: state.rawValue
        case .rejected, .withdrawn: console.styled(state.rawValue, .bad)
        }
    }

    private func words(_ override: OverrideRecord) -> String {
        let end = override.isInForce(at: now) ? "until" : "ended"
        let names = [override.asked.by.name, override.confirmed?.by.name].compactMap(\.self).joined(separator: " and ")
        return console.styled(
            "the policy of \(override.alias) was overridden by \(names), \(end) \(Wording.time(override.expiresAt)): "
                + override.reason, .bad)
    }

    private func flags(_ flags: [String]) -> String? {
        guard !flags.isEmpty else { return nil }
        let words = flags.joined(separator: ", ")
        let warning = "NaN or infinite values: this version can never be approved; push a fixed one"
        return console.styled(words, .bad) + (flags.contains("nonfinite") ? "\n" + console.styled(warning, .bad) : "")
    }

    private var reproduced: String {
        let summary = record.summary
        guard let outcome = summary.verdict else {
            return
                "never; `assay reproduce \(record.document.dataset == nil ? "" : "dataset:")\(summary.name):\(summary.number)`"
        }
        let age = summary.verdictAt.map { Wording.datedAge(of: $0, staleAt: summary.staleAt, at: now) }
        return ([VerdictReport.styled(outcome, console: console)] + [age].compactMap { $0 }).joined(separator: ", ")
    }

    private var files: [String] {
        let shown = record.files.prefix(Self.longestList)
        let width = shown.map(\.path.text.count).max() ?? 0
        let lines = shown.map { file in
            let padding = String(repeating: " ", count: width - file.path.text.count)
            return "\(file.path)\(padding)  \(Wording.short(file.sha256))  \(Wording.bytes(file.size))"
        }
        return lines + Self.rest(record.files.count)
    }

    private var decisions: [String] {
        (record.approvals ?? []).map { approval in
            let comment = approval.comment.map { ": \($0)" } ?? ""
            let part = approval.isComplete == false ? " (more are needed)" : ""
            return
                "\(Wording.time(approval.at))  \(approval.decision.rawValue) by \(Self.name(approval.principal))\(part)\(comment)"
        }
    }

    private func addRun(_ run: RunRecord, to page: inout PageText) {
        let lines = RunPage(run, console: console).bodyLines
        page.section("run \(run.id) (\(run.kind.rawValue), \(run.state.rawValue))", lines)
    }

    private func addReproduction(_ reproduction: ReproductionRecord, to page: inout PageText) {
        let variation = reproduction.variation.map { " with \($0)" } ?? ""
        let heading =
            "\(reproduction.kind.rawValue)\(variation) \(reproduction.id) (\(reproduction.state.rawValue)), asked for "
            + "\(Wording.time(reproduction.createdAt)) by \(Self.name(reproduction.requestedBy))"
        guard let verdict = reproduction.verdict else {
            let isCancelled = reproduction.state == .cancelled
            return page.section(heading, [isCancelled ? "no verdict, for it was cancelled" : "no verdict yet"])
        }
        var found = PageText()
        found.add(reproduction, at: now)
        page.section(heading, found.lines + VerdictReport(verdict, console: console).lines)
    }

    static func rest(_ count: Int) -> [String] {
        count > longestList ? ["… and \(count - longestList) more; --json has all"] : []
    }

    static func name(_ principal: PrincipalRecord) -> String { "\(principal.name) (\(principal.kind.rawValue))" }
}
