/// The two files of a comparison.
enum ComparisonSide: Sendable {
    case original, reproduced

    /// Runs something that reads this side, and marks what it throws with the side.
    func reading<Value: ~Copyable>(_ body: () throws -> Value) throws(UnreadableSide) -> Value {
        do { return try body() } catch { throw UnreadableSide(side: self, cause: error) }
    }
}

/// The error of a comparison: one of the files could not be read to its end.
struct UnreadableSide: Error {
    let side: ComparisonSide
    let cause: any Error
}
