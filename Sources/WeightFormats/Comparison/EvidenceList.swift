import RegistryTypes

/// The worst tensors seen so far, and counts over all of them; its memory does not grow with their number.
struct EvidenceList {
    private var kept: [TensorEvidence] = []
    private(set) var totals = TensorTotals()
    private let limit: Int

    /// An empty list that keeps so many tensors.
    init(limit: Int = OutputEvidence.maximumTensors) { self.limit = limit }

    /// Adds a tensor.
    mutating func add(_ evidence: TensorEvidence) {
        totals.add(evidence)
        kept.append(evidence)
        if kept.count / 4 >= limit { kept = worst }
    }

    /// The tensors to be listed, worst first.
    var worst: [TensorEvidence] {
        Array(kept.sorted(by: Self.isWorse).prefix(limit))
    }

    private static func isWorse(_ left: TensorEvidence, _ right: TensorEvidence) -> Bool {
        guard left.finding == right.finding else { return left.finding > right.finding }
        let (first, second) = (size(left), size(right))
        return first != second ? first > second : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    /// A difference without a finite ratio is one from zero, and so larger than any ratio.
    private static func size(_ evidence: TensorEvidence) -> Double {
        guard let difference = evidence.difference else { return 0 }
        return difference.nonfiniteMismatches > 0 ? .infinity : difference.rmsDifference ?? .infinity
    }
}
