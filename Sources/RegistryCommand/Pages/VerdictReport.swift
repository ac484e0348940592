package import RegistryTypes

/// A verdict with its evidence, for people.
package struct VerdictReport {
    private let verdict: Verdict
    private let console: Console

    /// Takes a verdict.
    package init(_ verdict: Verdict, console: Console) {
        self.verdict = verdict
        self.console = console
    }

    private static let longestList = 20
    private static let longestChanges = 12

    /// The outcome in its colour.
    static func styled(_ outcome: Verdict.Outcome, console: Console) -> String {
        switch outcome {
        case .bitIdentical, .tensorEqual: console.styled(outcome.rawValue, .good)
        case .withinTolerance, .metricEquivalent: console.styled(outcome.rawValue, .doubtful)
        case .diverged, .failed, .notVerifiable: console.styled(outcome.rawValue, .bad)
        }
    }

    /// The lines of the report.
    package var lines: [String] {
        var page = PageText()
        let reason = verdict.reason.map { " (\($0))" } ?? ""
        page.add("verdict", Self.styled(verdict.verdict, console: console) + reason)
        page.add("because", verdict.explanation)
        page.add("conditions", Self.words(verdict.conditions))
        page.add("flags", verdict.flags.isEmpty ? nil : verdict.flags.joined(separator: ", "))
        page.add("executor", verdict.executor)
        page.add("worker", verdict.worker)
        for output in verdict.outputs { add(output, to: &page) }
        addMetrics(to: &page)
        return page.lines
    }

    /// The conditions, and below them each fact that differs: `package.numpy 1.24.2 → 1.26.0`.
    static func words(_ conditions: Verdict.Conditions) -> String {
        guard !conditions.differs.isEmpty else { return conditions.state }
        let changes = (conditions.changes ?? [])
        let lines = changes.prefix(longestChanges).map {
            "\($0.fact) \($0.original ?? "unknown") → \($0.reproduced ?? "unknown")"
        }
        let more = changes.count - lines.count + (conditions.changesOmitted ?? 0)
        return
            (["\(conditions.state): \(conditions.differs.joined(separator: ", "))"] + lines
            + (more > 0 ? ["… and \(more) more; --json has them"] : [])).joined(separator: "\n")
    }

    // MARK: - Outputs

    private func add(_ output: OutputEvidence, to page: inout PageText) {
        let reason = output.reason.map { " (\($0.rawValue))" } ?? ""
        var lines = ["\(output.verdict.rawValue)\(reason), read as \(output.format)"]
        if let detail = output.detail { lines.append(detail) }
        if output.originalDigest == output.reproducedDigest {
            lines.append("both \(output.originalDigest)")
        } else {
            lines.append("original   \(output.originalDigest)")
            lines.append("reproduced \(output.reproducedDigest)")
        }
        if output.totals.tensors > 0 { lines.append(Self.totals(output.totals)) }
        let notable = output.tensors.filter { $0.finding != .equal }
        lines += notable.prefix(Self.longestList).map(Self.line)
        if notable.count > Self.longestList || output.truncated { lines.append("… more tensors; --json has them") }
        page.section("\(output.role.rawValue) \(output.path)", lines)
    }

    static func totals(_ totals: TensorTotals) -> String {
        let counts = [
            (totals.equal, "equal"), (totals.withinTolerance, "within tolerance"), (totals.diverged, "diverged"),
            (totals.changed, "of another shape or type"), (totals.added, "added"), (totals.missing, "missing"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let nonfinite = totals.nonfiniteOriginal.total
        let note = nonfinite > 0 ? "; \(nonfinite) values of the original are NaN or infinite" : ""
        return
            "\(totals.tensors) \(totals.tensors == 1 ? "tensor" : "tensors"): \(counts.joined(separator: ", "))\(note)"
    }

    private static func line(_ tensor: TensorEvidence) -> String {
        var words = "\(tensor.name) \(tensor.dtype.rawValue)\(tensor.shape): \(tensor.finding.rawValue)"
        if let shape = tensor.reproducedShape { words += ", now \(shape)" }
        if let dtype = tensor.reproducedDtype { words += ", now \(dtype.rawValue)" }
        if let difference = tensor.difference {
            words +=
                ", \(difference.differing) of \(tensor.elements) differ, at most by "
                + "\(Wording.rough(difference.maxAbsolute)) (relative \(Wording.rough(difference.maxRelative)))"
            if difference.beyondTolerance > 0 { words += ", \(difference.beyondTolerance) beyond the tolerance" }
        }
        if let tolerance = tensor.tolerance { words += ", allowed \(Self.words(tolerance))" }
        if let rule = tensor.toleranceRule { words += " by \(rule)" }
        return words
    }

    private static func words(_ tolerance: Tolerance) -> String {
        let absolute = tolerance.absolute.map(Wording.rough) ?? "0"
        guard let relative = tolerance.relative, relative > 0 else { return absolute }
        return "\(absolute) + \(Wording.rough(relative))·|a|"
    }

    // MARK: - Metrics

    private func addMetrics(to page: inout PageText) {
        let identical = verdict.metrics.filter { $0.result == .identical }
        let others = verdict.metrics.filter { $0.result != .identical }
        var lines = others.prefix(Self.longestList).map(line)
        // A series of a hundred steps that are all the same is one line.
        let names = Dictionary(grouping: identical, by: Self.name).sorted { $0.key < $1.key }
        for (name, points) in names.prefix(Self.longestList) {
            let value = points.max { $0.step < $1.step }?.original.map(Wording.metric) ?? "-"
            lines.append("\(name): identical, \(value)" + (points.count > 1 ? " (\(points.count) points)" : ""))
        }
        if others.count > Self.longestList || names.count > Self.longestList {
            lines.append("… more metrics; --json has them")
        }
        page.section("metrics", lines)
    }

    /// The metric, and the data it was measured on.
    private static func name(_ metric: MetricEvidence) -> String {
        let dataset = (metric.original ?? metric.reproduced)?.dataset
        return metric.name + (dataset.map { " on \($0)" } ?? "")
    }

    private func line(_ metric: MetricEvidence) -> String {
        let step = metric.step > 0 ? " at step \(metric.step)" : ""
        let original = metric.original.map(Wording.metric) ?? "missing"
        let reproduced = metric.reproduced.map(Wording.metric) ?? "missing"
        let difference = metric.difference.map { ", differs by \(Wording.rough($0))" } ?? ""
        let result =
            metric.result == .differs || metric.result == .missing
            ? console.styled(metric.result.rawValue, .bad) : metric.result.rawValue
        return "\(Self.name(metric))\(step): \(result), \(original) → \(reproduced)\(difference), allowed "
            + Self.words(metric.tolerance)
    }
}
