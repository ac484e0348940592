/// Reads two tensors of the same shape and dtype side by side, in pieces of the same lengths.
struct PairReader: ~Copyable {
    private var original: TensorReader
    private var reproduced: TensorReader

    /// Starts at the first elements.
    init(_ original: Tensor, _ reproduced: Tensor) throws(UnreadableSide) {
        // Both are made before either is stored: a half-made value of non-copyable parts cannot be taken apart.
        let first = try ComparisonSide.original.reading { try TensorReader(original) }
        let second = try ComparisonSide.reproduced.reading { try TensorReader(reproduced) }
        self.original = first
        self.reproduced = second
    }

    /// The next pieces, valid until the ones after them are asked for; nil at the end.
    mutating func next() throws(UnreadableSide) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer)? {
        let first: UnsafeRawBufferPointer?
        let second: UnsafeRawBufferPointer?
        do { first = try original.next() } catch { throw UnreadableSide(side: .original, cause: error) }
        do { second = try reproduced.next() } catch { throw UnreadableSide(side: .reproduced, cause: error) }
        guard let first, let second else { return nil }
        return (first, second)
    }
}
