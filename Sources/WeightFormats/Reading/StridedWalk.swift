/// A walk in C order through an array whose dimensions have any strides.
struct StridedWalk {
    private let dimensions: [Int]
    private let strides: [Int]
    private var index: [Int]
    /// The element's position: the sum of index times stride over all dimensions.
    private(set) var position = 0

    /// Starts at an element, counted in C order; the array has at least one.
    init(_ dimensions: [Int], strides: [Int], from start: Int) {
        self.dimensions = dimensions.isEmpty ? [1] : dimensions
        self.strides = dimensions.isEmpty ? [0] : strides
        index = [Int](repeating: 0, count: self.dimensions.count)
        var rest = start
        for axis in self.dimensions.indices.reversed() {
            (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: self.dimensions[axis])
            position += index[axis] * self.strides[axis]
        }
    }

    /// How many elements follow along the last dimension, this one included.
    var runLength: Int { dimensions[dimensions.count - 1] - index[dimensions.count - 1] }

    /// The distance between neighbours along the last dimension.
    var runStride: Int { strides[dimensions.count - 1] }

    /// Moves on by at most a run.
    mutating func advance(_ count: Int) {
        var axis = dimensions.count - 1
        index[axis] += count
        position += count * strides[axis]
        while axis > 0, index[axis] == dimensions[axis] {
            position -= dimensions[axis] * strides[axis]
            index[axis] = 0
            axis -= 1
            index[axis] += 1
            position += strides[axis]
        }
    }

    /// Copies the next elements, of which there are enough, and moves behind them. The strides count bytes.
    mutating func gather(
        _ source: UnsafeRawBufferPointer, elementSize: Int, into target: UnsafeMutableRawBufferPointer
    ) {
        switch elementSize {
        case 1: gather(source, target, UInt8.self)
        case 2: gather(source, target, UInt16.self)
        case 4: gather(source, target, UInt32.self)
        default: gather(source, target, UInt64.self)
        }
    }

    private mutating func gather<Bits: FixedWidthInteger>(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _: Bits.Type
    ) {
        let size = MemoryLayout<Bits>.size
        var written = 0
        while written < target.count {
            let run = min(runLength, (target.count - written) / size)
            var position = position
            for _ in 0..<run {
                let bits = source.loadUnaligned(fromByteOffset: position, as: Bits.self)
                target.storeBytes(of: bits, toByteOffset: written, as: Bits.self)
                position += runStride
                written += size
            }
            advance(run)
        }
    }
}
