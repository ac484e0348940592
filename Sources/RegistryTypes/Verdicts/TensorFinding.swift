/// What the comparison of one tensor found, best first.
public enum TensorFinding: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// The same name, dtype, shape and element bytes.
    case equal
    /// Bytes differ, but every element lies within the tolerance, and NaN and infinities stand in the same places.
    case withinTolerance = "within-tolerance"
    /// At least one element lies beyond the tolerance.
    case diverged
    /// The same name, but another shape: () and (1) are different.
    case shapeChanged = "shape-changed"
    /// The same name, but another element type.
    case dtypeChanged = "dtype-changed"
    /// Only the reproduction has it.
    case added
    /// Only the original has it.
    case missing

    public static func < (left: TensorFinding, right: TensorFinding) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .equal: 0
        case .withinTolerance: 1
        case .diverged: 2
        case .shapeChanged: 3
        case .dtypeChanged: 4
        case .added: 5
        case .missing: 6
        }
    }
}
