package import RegistryTypes

/// What reproductions that change one thing each say together: what the results depend on.
package struct VariationConclusion {
    private let unchanged: ReproductionRecord?
    private let changed: [ReproductionRecord]

    /// Takes reproductions that have ended.
    package init(_ records: [ReproductionRecord]) {
        unchanged = records.first { $0.variation == nil }
        changed = records.filter { $0.variation != nil }
    }

    /// One sentence that names the cause.
    package var sentence: String {
        guard let verdict = unchanged?.verdict else {
            return "nothing can be said, for the run that changes nothing has no verdict"
        }
        guard verdict.verdict == .bitIdentical else { return Self.words(alreadyDiffering: verdict) }
        let causes = Dictionary(grouping: changed, by: \.variation?.subject).values.compactMap(Self.worst)
            .sorted { $0.id.text < $1.id.text }
        var sentence = causes.map(Self.words).joined(separator: "; ")
        if causes.isEmpty {
            let names = changed.filter { $0.verdict != nil }.compactMap(\.variation?.description)
            sentence = names.isEmpty ? "nothing was changed" : "the same bytes with \(names.joined(separator: ", "))"
        }
        let workers = Set(([unchanged].compactMap { $0 } + changed).compactMap(\.worker))
        return workers.count > 1 ? sentence + " (not all runs were on one worker)" : sentence
    }

    /// The largest distance of a number of the weights, or of a metric where no weights can be measured.
    static func largestDifference(_ verdict: Verdict) -> (what: String, size: Double)? {
        let tensors = verdict.outputs.flatMap { output in
            output.tensors.compactMap { tensor in
                tensor.difference.map { (output.role.rawValue, $0.maxAbsolute) }
            }
        }
        if let worst = tensors.max(by: { $0.1 < $1.1 }), worst.1 > 0 { return worst }
        let metric = verdict.metrics.compactMap(\.difference).max() ?? 0
        return metric > 0 ? ("metrics", metric) : nil
    }

    private static func words(alreadyDiffering verdict: Verdict) -> String {
        let conditions =
            verdict.conditions.differs.isEmpty
            ? "" : ", under other conditions: \(verdict.conditions.differs.joined(separator: ", "))"
        switch verdict.verdict {
        case .failed, .notVerifiable:
            return "\(verdict.verdict.rawValue) even when nothing is changed (\(verdict.reason ?? "-"))\(conditions)"
        default:
            let size = largestDifference(verdict).map { ", by up to \(Wording.rough($0.size))" } ?? ""
            return "differs even when nothing is changed (\(verdict.verdict.rawValue)\(size))\(conditions)"
        }
    }

    /// The one of several changes of a thing that matters most; nil if none does.
    private static func worst(_ records: [ReproductionRecord]) -> ReproductionRecord? {
        records.filter { $0.verdict.map { $0.verdict != .bitIdentical } ?? false }.max { left, right in
            rank(left) < rank(right)
        }
    }

    private static func rank(_ record: ReproductionRecord) -> (Int, Double) {
        let order = record.verdict.flatMap { Verdict.Outcome.allCases.firstIndex(of: $0.verdict) } ?? 0
        return (order, record.verdict.flatMap(largestDifference)?.size ?? 0)
    }

    private static func words(_ record: ReproductionRecord) -> String {
        guard let variation = record.variation, let verdict = record.verdict else { return "" }
        let (thing, circumstance) = words(variation, verdict.conditions)
        return "depends on \(thing): \(effect(verdict)) \(circumstance)"
    }

    private static func effect(_ verdict: Verdict) -> String {
        switch verdict.verdict {
        case .failed: return "the run fails (\(verdict.reason ?? "-"))"
        case .notVerifiable: return "the outputs cannot be compared (\(verdict.reason ?? "-"))"
        case .tensorEqual: return "the bytes of its files change, the numbers do not,"
        default:
            guard let difference = largestDifference(verdict) else { return "the outputs are not the same" }
            let verb = difference.what == "data" ? "differs" : "differ"
            return "\(difference.what) \(verb) by up to \(Wording.rough(difference.size))"
        }
    }

    private static func words(
        _ variation: Variation, _ conditions: Verdict.Conditions
    ) -> (thing: String, circumstance: String) {
        func instead(of fact: String) -> String {
            conditions.changes?.first { $0.fact == fact }?.original.map { " instead of \($0)" } ?? ""
        }
        let value = variation.value
        switch variation.subject {
        case .threads:
            return (
                "the number of threads",
                "with \(value) \(value == "1" ? "thread" : "threads")\(instead(of: "threads.openblas"))"
            )
        case .hashSeed:
            return (
                "the hash seed", "when PYTHONHASHSEED is \(value) instead of 0 (iteration order of a set?)"
            )
        case .folder: return ("the folder", "in another working folder")
        case .blasKernel:
            return ("the kernels of OpenBLAS", "with those of \(value)\(instead(of: "blas.kernel"))")
        case .cpuFeatures: return ("the processor's vector instructions", "when NumPy does without AVX")
        }
    }
}
