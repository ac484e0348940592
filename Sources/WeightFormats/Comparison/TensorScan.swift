import RegistryTypes

/// What one pass over one side of a tensor finds out: elements that are not finite, and the RMS of the others.
struct TensorScan {
    /// The elements so far that are not finite and should be.
    private(set) var nonfinite = NonfiniteCounts()
    /// The infinities so far that are values like any other.
    private var infinities = 0
    private var squares = SquareSum()
    private var count = 0
    private var block: ElementBlock
    private let dtype: ElementType
    private let holdsThresholds: Bool

    /// Nothing seen yet.
    init(_ tensor: Tensor) {
        dtype = tensor.dtype
        holdsThresholds = tensor.holdsThresholds
        block = ElementBlock(dtype)
    }

    /// The number of finite elements so far.
    var finiteCount: Int { count - nonfinite.total - infinities }

    /// The root of the mean square of the finite elements; nil if there are none.
    var rms: Double? { squares.rootMean(finiteCount) }

    /// Adds whole little-endian elements.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let step = ElementBlock.capacity * dtype.byteCount
        for start in stride(from: 0, to: bytes.count, by: step) {
            block.load(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)]))
            if !squares.addPlainly(block) { addCarefully() }
            count += block.count
        }
    }

    private mutating func addCarefully() {
        let values = block.values
        for index in values.indices where !values[index].isFinite {
            if holdsThresholds, values[index] == .infinity {
                infinities += 1
            } else {
                nonfinite.count(values[index], at: count + index)
            }
            values[index] = 0
        }
        squares.addScaled(values)
    }
}
