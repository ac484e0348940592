/// Counts over all tensors of an output, also over those that its evidence does not list.
public struct TensorTotals: Sendable, Hashable, Codable {
    /// The number of tensor names on both sides together.
    public var tensors = 0
    /// Tensors of the same bytes.
    public var equal = 0
    /// Tensors that differ within their tolerance.
    public var withinTolerance = 0
    /// Tensors that differ beyond their tolerance.
    public var diverged = 0
    /// Tensors whose shape or element type changed.
    public var changed = 0
    /// Tensors that only the reproduction has.
    public var added = 0
    /// Tensors that only the original has.
    public var missing = 0
    /// Elements of all tensors of the original.
    public var elements = 0
    /// Elements whose bits differ, in tensors of the same shape and type.
    public var differing = 0
    /// Elements of the original that are not finite.
    public var nonfiniteOriginal = NonfiniteCounts()
    /// Elements of the reproduction that are not finite.
    public var nonfiniteReproduced = NonfiniteCounts()

    /// Nothing counted yet.
    public init() {}

    /// Counts one more tensor.
    public mutating func add(_ evidence: TensorEvidence) {
        tensors += 1
        switch evidence.finding {
        case .equal: equal += 1
        case .withinTolerance: withinTolerance += 1
        case .diverged: diverged += 1
        case .shapeChanged, .dtypeChanged: changed += 1
        case .added: added += 1
        case .missing: missing += 1
        }
        if evidence.finding != .added { elements += evidence.elements }
        differing += evidence.difference?.differing ?? 0
        if let counts = evidence.nonfiniteOriginal { nonfiniteOriginal.add(counts) }
        if let counts = evidence.nonfiniteReproduced { nonfiniteReproduced.add(counts) }
    }
}
