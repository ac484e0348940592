/// What a comparison by value has found out about some elements.
struct ValueStatistics {
    /// The sum of the squares of the scaled distances.
    var squares = 0.0
    /// The sum of the products of the scaled elements, and of the squares of those of the original, of blocks that differ.
    var products = 0.0
    var originalSquares = 0.0
    /// Those whose bits differ, and by how much.
    var bits = BitComparison()
    /// The number of elements beyond the tolerance.
    var beyond = 0
    /// The number of places where the class of a number that is not finite differs.
    var mismatches = 0
    /// The largest |a − b|.
    var maxAbsolute = 0.0
    /// The largest |a − b| ÷ max(|a|, |b|).
    var maxRelative = 0.0

    /// Adds what was found out about the elements behind these.
    mutating func add(_ next: ValueStatistics) {
        squares += next.squares
        products += next.products
        originalSquares += next.originalSquares
        bits.add(next.bits)
        beyond += next.beyond
        mismatches += next.mismatches
        maxAbsolute = max(maxAbsolute, next.maxAbsolute)
        maxRelative = max(maxRelative, next.maxRelative)
    }
}
