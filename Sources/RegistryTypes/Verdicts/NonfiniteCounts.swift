/// How many elements of a tensor, or of all tensors of a file, are not finite numbers.
public struct NonfiniteCounts: Sendable, Hashable, Codable {
    /// The number of NaNs of any sign and payload.
    public var nan: Int
    /// The number of positive infinities.
    public var positiveInfinity: Int
    /// The number of negative infinities.
    public var negativeInfinity: Int
    /// The C-order index of the first such element in its tensor; nil if there is none, and in a file's total.
    public var firstIndex: Int?

    /// Makes counts; without arguments everything was finite.
    public init(nan: Int = 0, positiveInfinity: Int = 0, negativeInfinity: Int = 0, firstIndex: Int? = nil) {
        self.nan = nan
        self.positiveInfinity = positiveInfinity
        self.negativeInfinity = negativeInfinity
        self.firstIndex = firstIndex
    }

    /// All of them together.
    public var total: Int { nan + positiveInfinity + negativeInfinity }

    /// Adds one element that is not finite; finite ones are ignored.
    public mutating func count(_ value: Double, at index: Int) {
        guard !value.isFinite else { return }
        if value.isNaN { nan += 1 } else if value > 0 { positiveInfinity += 1 } else { negativeInfinity += 1 }
        if firstIndex == nil { firstIndex = index }
    }

    /// Adds the counts of another tensor; the result has no first index, for it would not say in which tensor.
    public mutating func add(_ other: NonfiniteCounts) {
        nan += other.nan
        positiveInfinity += other.positiveInfinity
        negativeInfinity += other.negativeInfinity
        firstIndex = nil
    }
}
