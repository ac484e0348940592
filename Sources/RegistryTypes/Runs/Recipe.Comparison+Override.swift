extension Recipe.Comparison {
    /// Collects tolerances for tensors and metrics; the last one of a name counts. Nil without any.
    public init?(tensors: [NamedTolerance], metrics: [NamedTolerance]) {
        guard !tensors.isEmpty || !metrics.isEmpty else { return nil }
        func map(_ named: [NamedTolerance]) -> [String: Tolerance] {
            Dictionary(named.map { ($0.name, $0.tolerance) }, uniquingKeysWith: { $1 })
        }
        self.init(metrics: map(metrics), tensors: map(tensors))
    }

    /// The same with further tolerances, which count where both name the same pattern or metric.
    public func overridden(by later: Recipe.Comparison?) -> Recipe.Comparison {
        guard let later else { return self }
        return Recipe.Comparison(
            metrics: metrics.merging(later.metrics) { $1 }, tensors: tensors.merging(later.tensors) { $1 })
    }

    /// Throws `invalid-recipe` for a pattern or number that is not allowed.
    public func check() throws {
        for (name, tolerance) in metrics {
            guard [tolerance.absolute, tolerance.relative].allSatisfy({ ($0 ?? 0) >= 0 && ($0 ?? 0).isFinite }) else {
                throw RegistryError(.invalidRecipe, "the tolerance for \(name) must be zero or more")
            }
        }
        _ = try ComparisonRules(tensors: tensors)
    }
}
