import RegistryTypes

/// How two versions or files differ, for people.
struct DifferencePage {
    private static let longestList = 40

    private let difference: VersionDifference
    private let all: Bool
    private let console: Console

    init(_ difference: VersionDifference, all: Bool, console: Console) {
        self.difference = difference
        self.all = all
        self.console = console
    }

    /// The page.
    var text: String {
        var page = PageText()
        page.add("left", difference.left.name)
        page.add("right", difference.right.name)
        page.add("verdict", VerdictReport.styled(difference.outcome, console: console))
        for file in difference.files { add(file, to: &page) }
        page.section("only left", difference.onlyLeft.map(\.text))
        page.section("only right", difference.onlyRight.map(\.text))
        page.section("metrics", metrics)
        page.section("recipe", changes(difference.recipe))
        page.section("machine", changes(difference.facts))
        return page.text
    }

    // MARK: - Files

    private func add(_ file: OutputEvidence, to page: inout PageText) {
        var lines: [String] = []
        if let detail = file.detail { lines.append(detail) }
        if file.totals.tensors > 0 { lines.append(VerdictReport.totals(file.totals)) }
        let shown = all ? file.tensors : file.tensors.filter { $0.finding != .equal }
        if !shown.isEmpty {
            var table = TextTable(["tensor", "", "differ", "max abs", "max rel", "ulp", "rms", "cosine", "not finite"])
            for tensor in shown.prefix(all ? .max : Self.longestList) { table.add(Self.row(tensor)) }
            lines += table.text.split(separator: "\n").map(String.init)
        }
        if !all, shown.count > Self.longestList || file.truncated {
            lines.append("… more tensors; --all lists them")
        }
        let reason = file.reason.map { " (\($0.rawValue))" } ?? ""
        page.section("\(file.path): \(file.verdict.rawValue)\(reason)", lines.isEmpty ? ["same bytes"] : lines)
    }

    private static func row(_ tensor: TensorEvidence) -> [String] {
        var name = "\(tensor.name.isEmpty ? "(array)" : tensor.name) \(tensor.dtype.rawValue)\(tensor.shape)"
        if tensor.reproducedDtype != nil || tensor.reproducedShape != nil {
            name +=
                " → \((tensor.reproducedDtype ?? tensor.dtype).rawValue)\(tensor.reproducedShape ?? tensor.shape)"
        }
        let start = [name, tensor.finding.rawValue]
        let notFinite = Self.notFinite(tensor)
        guard let found = tensor.difference else { return start + ["", "", "", "", "", "", notFinite] }
        return start + [
            "\(found.differing)/\(tensor.elements)", Wording.rough(found.maxAbsolute), Wording.rough(found.maxRelative),
            found.maxULP.map(String.init) ?? "-", found.rmsDifference.map(Wording.rough) ?? "-",
            found.cosine.map { "\($0)" } ?? "-", notFinite,
        ]
    }

    private static func notFinite(_ tensor: TensorEvidence) -> String {
        func words(_ counts: NonfiniteCounts?) -> String {
            guard let counts, counts.total > 0 else { return "0" }
            return [(counts.nan, "NaN"), (counts.positiveInfinity, "+inf"), (counts.negativeInfinity, "-inf")]
                .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
        }
        let (left, right) = (words(tensor.nonfiniteOriginal), words(tensor.nonfiniteReproduced))
        return left == "0" && right == "0" ? "" : left == right ? left : "\(left) → \(right)"
    }

    // MARK: - Metrics and recipe

    private var metrics: [String] {
        let different = difference.metrics.filter { $0.result != .identical }
        let same = difference.metrics.count - different.count
        var lines = different.prefix(Self.longestList).map { metric in
            let dataset = (metric.original ?? metric.reproduced)?.dataset.map { " on \($0)" } ?? ""
            let step = metric.step > 0 ? " at step \(metric.step)" : ""
            let left = metric.original.map(Wording.metric) ?? "missing"
            let right = metric.reproduced.map(Wording.metric) ?? "missing"
            let by = metric.difference.map { " (\(Wording.rough($0)))" } ?? ""
            return "\(metric.name)\(dataset)\(step): \(left) → \(right)\(by) \(metric.result.rawValue)"
        }
        if different.count > Self.longestList { lines.append("… more metrics; --json has them") }
        if same > 0 { lines.append("\(same) identical") }
        return lines
    }

    private func changes(_ changes: [FieldChange]) -> [String] {
        changes.map { "\($0.field): \(Self.words($0.left)) → \(Self.words($0.right))" }
    }

    private static func words(_ value: JSONValue?) -> String {
        guard let value else { return "none" }
        return (try? value.canonicalBytes()).map { String(decoding: $0, as: UTF8.self) } ?? "?"
    }
}
