/// What is known about one tensor of an output after the original and the reproduced file were compared.
public struct TensorEvidence: Sendable, Hashable, Codable {
    /// The tensor's name in its file.
    public var name: String
    /// The element type in the original; in the reproduction, if the original lacks the tensor.
    public var dtype: ElementType
    /// The shape in the original; in the reproduction, if the original lacks the tensor.
    public var shape: [Int]
    /// The number of elements of that shape.
    public var elements: Int
    /// What the comparison found.
    public var finding: TensorFinding
    /// The reproduction's element type, only if it is another one.
    public var reproducedDtype: ElementType?
    /// The reproduction's shape, only if it is another one.
    public var reproducedShape: [Int]?
    /// The root of the mean square of the original's finite elements; nil if it has none.
    public var rmsOriginal: Double?
    /// The original's elements that are not finite; nil if the original lacks the tensor.
    public var nonfiniteOriginal: NonfiniteCounts?
    /// The reproduction's elements that are not finite; nil if the reproduction lacks the tensor.
    public var nonfiniteReproduced: NonfiniteCounts?
    /// The tolerance that was applied; nil unless element values had to be compared.
    public var tolerance: Tolerance?
    /// The owner's pattern that set the tolerance; nil if it is the default.
    public var toleranceRule: NamePattern?
    /// By how much the elements differ; nil unless element values had to be compared.
    public var difference: TensorDifference?

    /// Makes the evidence of a tensor of which nothing else is known yet.
    public init(name: String, dtype: ElementType, shape: [Int], elements: Int, finding: TensorFinding) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.elements = elements
        self.finding = finding
    }
}
