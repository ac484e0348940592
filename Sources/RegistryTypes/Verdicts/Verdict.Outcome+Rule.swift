extension Verdict.Outcome {
    /// What the worst of all outputs comes to: metrics within their tolerance lift what diverged, or cannot be compared,
    /// to `metric-equivalent`; they decide where weights cannot be compared.
    package init(worst: OutputVerdict, metrics: [MetricEvidence]) {
        let areClose =
            !metrics.isEmpty && metrics.allSatisfy { $0.result == .identical || $0.result == .withinTolerance }
        switch worst {
        case .bitIdentical: self = .bitIdentical
        case .tensorEqual: self = .tensorEqual
        case .withinTolerance: self = .withinTolerance
        case .diverged: self = areClose ? .metricEquivalent : .diverged
        case .notVerifiable: self = areClose ? .metricEquivalent : metrics.isEmpty ? .notVerifiable : .diverged
        }
    }
}
