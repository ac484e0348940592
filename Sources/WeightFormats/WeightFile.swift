/// An opened file of weights: its tensors and whatever else counts, both in order of their names' UTF-8 bytes.
package struct WeightFile: Sendable {
    /// The name of the format that it was read with.
    package let format: String
    /// The tensors, sorted; no name stands twice.
    package let tensors: [Tensor]
    /// What is no tensor and must be equal nevertheless, sorted; no name stands twice.
    package let structure: [StructureItem]

    /// Sorts both; throws if two tensors or two items have the same name, or if there are too many.
    init(format: String, tensors: [Tensor], structure: [StructureItem] = []) throws {
        guard tensors.count <= WeightLimits.tensors, structure.count <= WeightLimits.structureItems else {
            throw WeightFormatError.unsupported(
                "the file holds \(tensors.count) tensors and \(structure.count) other values; at most "
                    + "\(WeightLimits.tensors) and \(WeightLimits.structureItems) are read")
        }
        self.format = format
        self.tensors = try Self.sorted(tensors, by: \.name)
        self.structure = try Self.sorted(structure, by: \.name)
    }

    private static func sorted<Element>(_ elements: [Element], by name: (Element) -> String) throws -> [Element] {
        // Bytes and not Strings: Swift's String holds different normal forms of a letter for equal.
        let sorted = elements.sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }
        for (left, right) in zip(sorted, sorted.dropFirst()) where name(left).utf8.elementsEqual(name(right).utf8) {
            throw WeightFormatError.malformed("\(name(left).prefix(80)) stands twice in the file")
        }
        return sorted
    }
}
