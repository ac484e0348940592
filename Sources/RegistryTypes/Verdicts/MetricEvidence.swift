/// How one metric of a reproduction compares with the original's.
public struct MetricEvidence: Hashable, Sendable, Codable {
    /// The metric's name and step.
    public var name: String
    public var step: Int64
    /// The two measurements; nil where one side lacks it.
    public var original: Metric?
    public var reproduced: Metric?
    /// |original − reproduced|, where both are finite.
    public var difference: Double?
    /// The tolerance that was applied: |a − b| ≤ absolute + relative · |a|.
    public var tolerance: Tolerance
    /// `identical`, `within-tolerance`, `differs` or `missing`.
    public var result: Result

    /// How two measurements compare.
    public enum Result: String, Sendable, Codable {
        case identical
        case withinTolerance = "within-tolerance"
        case differs
        case missing
    }

    /// Compares two measurements of one metric.
    public init(original: Metric?, reproduced: Metric?, tolerance: Tolerance) {
        name = original?.name ?? reproduced?.name ?? ""
        step = original?.step ?? reproduced?.step ?? 0
        self.original = original
        self.reproduced = reproduced
        self.tolerance = tolerance
        guard let original, let reproduced else {
            result = .missing
            return
        }
        guard let first = original.value, let second = reproduced.value else {
            result = original.class == reproduced.class ? .identical : .differs
            return
        }
        let gap = (first - second).magnitude
        difference = gap.isFinite ? gap : nil
        let allowed = (tolerance.absolute ?? 0) + (tolerance.relative ?? 0) * first.magnitude
        result = first == second ? .identical : gap <= allowed ? .withinTolerance : .differs
    }
}

extension MetricEvidence {
    /// The tolerance of a metric that the recipe says nothing about.
    public static let defaultTolerance = Tolerance(absolute: 1e-9, relative: nil)

    /// Compares all metrics of two runs, in order of name and step.
    public static func compare(
        original: [Metric], reproduced: [Metric], tolerances: [String: Tolerance]
    ) -> [MetricEvidence] {
        let first = Dictionary(original.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let second = Dictionary(reproduced.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let keys = Set(first.keys).union(second.keys).sorted { ($0.name, $0.step) < ($1.name, $1.step) }
        return keys.map { key in
            MetricEvidence(
                original: first[key], reproduced: second[key], tolerance: tolerances[key.name] ?? defaultTolerance)
        }
    }
}
