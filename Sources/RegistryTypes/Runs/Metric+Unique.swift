extension Metric {
    /// What a metric is unique by within its run.
    struct Key: Hashable {
        let name: String
        let step: Int64
        let dataset: VersionReference?
    }

    var key: Key { Key(name: name, step: step, dataset: dataset) }

    /// Throws `invalid-request` if a metric stands twice at one step and dataset.
    package static func requireUnique(_ metrics: [Metric]) throws {
        var seen: Set<Key> = []
        for metric in metrics where !seen.insert(metric.key).inserted {
            throw RegistryError(.invalidRequest, "the metric \(metric.name) stands twice at step \(metric.step)")
        }
    }
}
