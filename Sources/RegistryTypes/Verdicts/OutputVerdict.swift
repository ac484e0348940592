/// What comparing one output file with its original says, best first (contract: "Runs" and "Verdict").
public enum OutputVerdict: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// The files have the same bytes.
    case bitIdentical = "bit-identical"
    /// The tensors have the same names, types, shapes and element bytes; only the container differs.
    case tensorEqual = "tensor-equal"
    /// Every element lies within its tolerance.
    case withinTolerance = "within-tolerance"
    /// None of the above.
    case diverged
    /// The bytes differ and cannot be compared as tensors, so nothing is said about the values.
    case notVerifiable = "not-verifiable"

    /// From best to worst.
    public static func < (left: OutputVerdict, right: OutputVerdict) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .bitIdentical: 0
        case .tensorEqual: 1
        case .withinTolerance: 2
        case .diverged: 3
        case .notVerifiable: 4
        }
    }
}
