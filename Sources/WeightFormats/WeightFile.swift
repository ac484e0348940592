/// An opened file of weights: its tensors, in order of their names' UTF-8 bytes.
package struct WeightFile: Sendable {
    /// The name of the format that it was read with.
    package let format: String
    /// The tensors, sorted; no name stands twice.
    package let tensors: [Tensor]

    /// Sorts the tensors; throws if two have the same name.
    init(format: String, tensors: [Tensor]) throws {
        // Bytes and not Strings: Swift's String holds different normal forms of a letter for equal.
        let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.name.utf8.elementsEqual(right.name.utf8) {
            throw WeightFormatError.malformed("the tensor \(left.name.prefix(80)) stands twice")
        }
        self.format = format
        self.tensors = sorted
    }
}
