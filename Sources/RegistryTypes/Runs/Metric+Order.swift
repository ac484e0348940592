extension Metric {
    /// Whether the metric stands before another in the canonical list of a run, which a version digest covers: by the
    /// bytes of its name, then by step, then by the bytes of its dataset's reference, none first.
    package func precedes(_ other: Metric) -> Bool {
        if name != other.name { return name.utf8.lexicographicallyPrecedes(other.name.utf8) }
        if step != other.step { return step < other.step }
        let (left, right) = (dataset?.description ?? "", other.dataset?.description ?? "")
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
