import RegistryTypes

/// The checked size of a tensor.
struct TensorShape: Sendable, Hashable {
    let dtype: ElementType
    let dimensions: [Int]
    /// The product of the dimensions.
    let elementCount: Int
    /// The product of the dimensions and the element size.
    let byteCount: Int

    /// Multiplies out a shape; throws if a dimension is negative or anything is too large.
    init(dtype: ElementType, dimensions: [Int]) throws {
        guard dimensions.count <= WeightLimits.dimensions else {
            throw WeightFormatError.unsupported(
                "a tensor has \(dimensions.count) dimensions; at most \(WeightLimits.dimensions) are read")
        }
        guard dimensions.allSatisfy({ (0...WeightLimits.dimension).contains($0) }) else {
            throw WeightFormatError.malformed("a dimension is negative or larger than 2^53")
        }
        // A zero anywhere makes the tensor empty, even beside dimensions whose product would overflow.
        var bytes = dimensions.contains(0) ? 0 : dtype.byteCount
        for dimension in dimensions where bytes > 0 {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw WeightFormatError.malformed("the size of a tensor overflows 64 bits") }
            bytes = product
        }
        self.dtype = dtype
        self.dimensions = dimensions
        byteCount = bytes
        elementCount = bytes / dtype.byteCount
    }
}
