/// What a reproduction found: the record of the contract, with its evidence.
public struct Verdict: Hashable, Sendable, Codable {
    /// What was repeated.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case retrain, evaluate
    }

    /// The outcomes, best first.
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        case bitIdentical = "bit-identical"
        case tensorEqual = "tensor-equal"
        case withinTolerance = "within-tolerance"
        case metricEquivalent = "metric-equivalent"
        case diverged
        case failed
        case notVerifiable = "not-verifiable"

        /// Whether the outcome satisfies a required minimum; the last three satisfy none.
        public func isAtLeast(_ minimum: Outcome) -> Bool {
            guard let own = rank, let needed = minimum.rank else { return false }
            return own <= needed
        }

        private var rank: Int? {
            switch self {
            case .bitIdentical: 0
            case .tensorEqual: 1
            case .withinTolerance: 2
            case .metricEquivalent: 3
            case .diverged, .failed, .notVerifiable: nil
            }
        }
    }

    /// The most metrics of which a verdict keeps the evidence.
    public static let longestMetrics = 500

    public var kind: Kind
    public var verdict: Outcome
    /// Why, for `failed` and `not-verifiable`.
    public var reason: String?
    /// The reason in a sentence.
    public var explanation: String?
    public var conditions: Conditions
    /// `nonfinite`, `dirty-source`, `unpinned-environment`, …
    public var flags: [String]
    /// Evidence for each output that counts.
    public var outputs: [OutputEvidence]
    /// Evidence for each metric, at most `longestMetrics`: those that are not identical come before the others.
    public var metrics: [MetricEvidence]
    /// How many further metrics were compared; absent if none were.
    public var metricsOmitted: Int?
    public var executor: String?
    public var worker: String?

    /// Puts a verdict together.
    public init(
        kind: Kind, verdict: Outcome, reason: String? = nil, explanation: String? = nil,
        conditions: Conditions = Conditions(state: "unknown"), flags: [String] = [], outputs: [OutputEvidence] = [],
        metrics: [MetricEvidence] = [], executor: String? = nil, worker: String? = nil
    ) {
        self.kind = kind
        self.verdict = verdict
        self.reason = reason
        self.explanation = explanation
        self.conditions = conditions
        self.flags = flags
        self.outputs = outputs
        self.metrics = metrics
        self.executor = executor
        self.worker = worker
    }

    /// Leaves out the evidence of metrics beyond `longestMetrics`: series have thousands of points.
    public mutating func shortenMetrics() {
        guard metrics.count > Self.longestMetrics else { return }
        metricsOmitted = metrics.count - Self.longestMetrics
        let kept = metrics.filter { $0.result != .identical } + metrics.filter { $0.result == .identical }
        metrics = Array(kept.prefix(Self.longestMetrics))
    }
}
