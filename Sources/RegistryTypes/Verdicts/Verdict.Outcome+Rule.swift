extension Verdict.Outcome {
    /// What all outputs together come to: the worst of them. Metrics within their tolerance lift what diverged, or cannot be
    /// compared, to `metric-equivalent`, where it yields to them; they decide where weights cannot be compared.
    package init(outputs: [OutputEvidence], metrics: [MetricEvidence]) {
        let worst = outputs.map(\.verdict).max() ?? .bitIdentical
        let firm = outputs.filter { $0.verdict >= .diverged && !$0.yieldsToMetrics }
        self.init(worst: firm.isEmpty ? worst : .diverged, metrics: firm.isEmpty ? metrics : [])
    }

    /// The same, of the worst alone.
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

extension OutputEvidence {
    /// Whether metrics may speak for it where its numbers do not: never for data, which metrics do not measure, nor for a file
    /// that cannot be read as the original can, nor for one with more NaN or infinities.
    package var yieldsToMetrics: Bool {
        let (before, after) = (totals.nonfiniteOriginal, totals.nonfiniteReproduced)
        return role != .data && reason != .reproducedUnreadable && after.nan <= before.nan
            && after.positiveInfinity <= before.positiveInfinity && after.negativeInfinity <= before.negativeInfinity
    }
}
