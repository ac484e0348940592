/// What a recipe says about an output of raw numbers: little-endian elements in C order and nothing else.
public struct RawLayout: Sendable, Hashable, Codable {
    /// The type of every element.
    public let dtype: ElementType
    /// The length of each dimension, outermost first; empty for a single number.
    public let shape: [Int]

    /// Makes a layout; whether it fits the file is checked when the file is read.
    public init(dtype: ElementType, shape: [Int]) {
        self.dtype = dtype
        self.shape = shape
    }
}
