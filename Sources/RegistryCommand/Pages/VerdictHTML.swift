package import RegistryTypes

/// A verdict with its evidence as one HTML file, for people without a terminal.
package struct VerdictHTML {
    private let record: ReproductionRecord
    private let verdict: Verdict
    private let now: Int64

    /// Takes a reproduction, and when the page is written in UTC milliseconds; nil if it has no verdict.
    package init?(_ record: ReproductionRecord, now: Int64 = Wording.now) {
        guard let verdict = record.verdict else { return nil }
        self.record = record
        self.now = now
        self.verdict = verdict
    }

    /// The whole file.
    package var text: String {
        var page = HTMLText()
        page.add("h1", "\(record.version): \(verdict.kind.rawValue)")
        let reason = verdict.reason.map { " (\($0))" } ?? ""
        page.add("p", verdict.verdict.rawValue + reason, class: style)
        if let explanation = verdict.explanation { page.add("p", explanation) }
        page.table(["", ""], facts)
        addConditions(to: &page)
        for output in verdict.outputs { add(output, to: &page) }
        addMetrics(to: &page)
        addCheck(to: &page)
        return page.page(title: "\(record.version): \(verdict.verdict.rawValue)")
    }

    private var style: StaticString {
        switch verdict.verdict {
        case .bitIdentical, .tensorEqual: "good"
        case .withinTolerance, .metricEquivalent: "doubtful"
        case .diverged, .failed, .notVerifiable: "bad"
        }
    }

    private var facts: [[String]] {
        let rows: [[String?]] = [
            ["version digest", record.versionDigest.description], ["reproduction", record.id.text],
            ["asked for", "\(Wording.time(record.createdAt)) by \(VersionPage.name(record.requestedBy))"],
            ["varied", record.variation.map { "\($0)\(PageText.noteOnVariation)" }],
            ["found", record.datedAge(at: now)], ["page written", Wording.time(now)], ["executor", verdict.executor],
            ["flags", verdict.flags.isEmpty ? nil : verdict.flags.joined(separator: ", ")],
            ["signed statement", record.statement?.description],
        ]
        return rows.compactMap { row in row[1].map { [row[0] ?? "", $0] } }
    }

    private func addConditions(to page: inout HTMLText) {
        let conditions = verdict.conditions
        page.add("h2", "Conditions: \(([conditions.state] + conditions.differs).joined(separator: " "))")
        page.table(
            ["fact", "original", "reproduced"],
            (conditions.changes ?? []).map { [$0.fact, $0.original ?? "unknown", $0.reproduced ?? "unknown"] })
        if let more = conditions.changesOmitted { page.add("p", "and \(more) more") }
    }

    private func add(_ output: OutputEvidence, to page: inout HTMLText) {
        page.add("h2", "\(output.role.rawValue) \(output.path): \(output.verdict.rawValue)")
        if let detail = output.detail { page.add("p", detail) }
        page.table(
            ["", ""],
            [
                ["read as", output.format], ["original", output.originalDigest.description],
                ["reproduced", output.reproducedDigest.description],
                ["tensors", "\(output.totals.tensors), of which \(output.totals.equal) equal"],
                ["NaN or infinite", "\(output.totals.nonfiniteOriginal.total)"],
            ])
        page.table(
            ["tensor", "type", "shape", "finding", "differing", "beyond", "max |a−b|", "max relative", "RMS ratio"],
            output.tensors.map { tensor in
                let difference = tensor.difference
                return [
                    tensor.name, tensor.dtype.rawValue, "\(tensor.shape)", tensor.finding.rawValue,
                    difference.map { "\($0.differing) of \(tensor.elements)" } ?? "",
                    difference.map { "\($0.beyondTolerance)" } ?? "",
                    difference.map { Wording.rough($0.maxAbsolute) } ?? "",
                    difference.map { Wording.rough($0.maxRelative) } ?? "",
                    difference?.rmsDifference.map(Wording.rough) ?? "",
                ]
            })
        if output.truncated { page.add("p", "Only the worst tensors are listed; the totals count all of them.") }
    }

    private func addMetrics(to page: inout HTMLText) {
        guard !verdict.metrics.isEmpty else { return }
        page.add("h2", "Metrics")
        page.table(
            ["metric", "step", "data", "original", "reproduced", "difference", "result"],
            verdict.metrics.map { metric in
                [
                    metric.name, String(metric.step),
                    (metric.original ?? metric.reproduced)?.dataset?.description ?? "",
                    metric.original.map(Wording.metric) ?? "missing",
                    metric.reproduced.map(Wording.metric) ?? "missing",
                    metric.difference.map(Wording.rough) ?? "", metric.result.rawValue,
                ]
            })
        if let more = verdict.metricsOmitted { page.add("p", "and \(more) more") }
    }

    private func addCheck(to page: inout HTMLText) {
        guard record.statement != nil else { return }
        page.add("h2", "Check it yourself")
        page.add(
            "p",
            "This page is a picture of the verdict and proves nothing. The signed statement does, without the server that made it:"
        )
        page.add(
            "pre",
            """
            assay evidence \(record.version) --out evidence
            assay verify evidence/reproductions/\(record.id)/statement.json --key server.pem
            """)
    }
}
