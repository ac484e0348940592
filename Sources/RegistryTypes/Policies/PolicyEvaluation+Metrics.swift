extension PolicyEvaluation {
    /// Whether the newest measurement lies within its bounds.
    func metric(_ rule: PolicyDocument.MetricRule) -> PolicyAnswer {
        let bounds = [rule.atLeast.map { "at least \($0)" }, rule.atMost.map { "at most \($0)" }].compactMap(\.self)
        let by = rule.byWorker == true ? ", measured by a worker" : ""
        let wanted = "\(Self.name(rule.name, rule.dataset)) \(bounds.joined(separator: " and "))\(by)"
        let found = Self.newest(facts.measurements) { measured in
            measured.metric.name == rule.name && measured.metric.dataset?.name == rule.dataset
                && (measured.origin == .worker || measured.origin == .push && rule.byWorker != true)
        }
        guard let found else { return PolicyAnswer("metrics", passed: false, wanted: wanted, found: "not measured") }
        let value = found.metric.double
        let isWithin = value.isFinite && value >= rule.atLeast ?? -.infinity && value <= rule.atMost ?? .infinity
        return PolicyAnswer("metrics", passed: isWithin, wanted: wanted, found: Self.describe(found))
    }

    /// Whether the version is not worse than the one that the alias points to now.
    func comparison(_ rule: PolicyDocument.ComparisonRule) -> PolicyAnswer {
        let allowed =
            rule.notWorseThanPercent.map { "\($0) %" } ?? rule.notWorseThan.map { "\($0)" } ?? "0"
        let wanted =
            "\(Self.name(rule.name, rule.dataset)) not worse by more than \(allowed) (\(rule.better.rawValue) is better)"
        func answer(_ passed: Bool, _ found: String) -> PolicyAnswer {
            PolicyAnswer("comparisons", passed: passed, wanted: wanted, found: found)
        }
        if facts.isRollback == true { return answer(true, "not asked for: the alias goes back") }
        guard let present = facts.present else { return answer(true, "nothing to compare with: the alias is new") }
        guard present.digest != facts.digest else { return answer(true, "the alias points to this version already") }
        func isFor(_ measured: PolicyFacts.Measurement) -> Bool {
            measured.metric.name == rule.name && measured.metric.dataset?.name == rule.dataset
                && measured.origin != .local
        }
        guard let own = Self.newest(facts.measurements, isFor) else { return answer(false, "not measured") }
        let other = Self.newest(present.measurements) { isFor($0) && $0.metric.dataset == own.metric.dataset }
        guard let other else {
            return answer(false, "\(Self.describe(own)); \(present.version) was not measured on the same data")
        }
        let (value, reference) = (own.metric.double, other.metric.double)
        let worse = rule.better == .higher ? reference - value : value - reference
        let limit = rule.notWorseThan ?? reference.magnitude * (rule.notWorseThanPercent ?? 0) / 100
        return answer(
            value.isFinite && reference.isFinite && worse <= limit,
            "\(Self.describe(own)), beside \(reference) of \(present.version)")
    }

    private static func newest(
        _ measurements: [PolicyFacts.Measurement], _ fits: (PolicyFacts.Measurement) -> Bool
    ) -> PolicyFacts.Measurement? {
        measurements.filter(fits).max { $0.at < $1.at }
    }

    private static func name(_ metric: String, _ dataset: QualifiedName?) -> String {
        dataset.map { "\(metric) on \($0)" } ?? metric
    }

    private static func describe(_ measured: PolicyFacts.Measurement) -> String {
        let metric = measured.metric
        let value = metric.value.map { "\($0)" } ?? metric.class.rawValue
        let on = metric.dataset.map { " on \($0)" } ?? ""
        return "\(value)\(on) (\(measured.origin == .push ? "the pusher's word" : "by a \(measured.origin.rawValue)"))"
    }
}
