import RegistryTypes

/// Picks elements out of an array whose first dimension varies fastest.
enum FortranOrder {
    /// Copies the elements of a range of C-order byte positions to `target`, which is as long as the range.
    ///
    /// `source` holds all elements of the shape; the range begins and ends between elements.
    static func gather(
        _ source: UnsafeRawBufferPointer, shape: TensorShape, range: Range<Int>,
        into target: UnsafeMutableRawBufferPointer
    ) {
        switch shape.dtype.byteCount {
        case 1: gather(source, shape, range.lowerBound, target, UInt8.self)
        case 2: gather(source, shape, range.lowerBound, target, UInt16.self)
        case 4: gather(source, shape, range.lowerBound, target, UInt32.self)
        default: gather(source, shape, range.lowerBound, target, UInt64.self)
        }
    }

    private static func gather<Bits: FixedWidthInteger>(
        _ source: UnsafeRawBufferPointer, _ shape: TensorShape, _ start: Int,
        _ target: UnsafeMutableRawBufferPointer, _: Bits.Type
    ) {
        let size = MemoryLayout<Bits>.size
        var walk = Walk(shape.dimensions, from: start / size)
        var written = 0
        while written < target.count {
            let run = min(walk.runLength, (target.count - written) / size)
            var position = walk.position
            for _ in 0..<run {
                let bits = source.loadUnaligned(fromByteOffset: position * size, as: Bits.self)
                target.storeBytes(of: bits, toByteOffset: written, as: Bits.self)
                position += walk.runStride
                written += size
            }
            walk.advance(run)
        }
    }

    /// The place of a C-order walk through an array in Fortran order.
    private struct Walk {
        private let dimensions: [Int]
        private let strides: [Int]
        private var index: [Int]
        /// The element's position in the array, counted in elements.
        private(set) var position = 0

        init(_ dimensions: [Int], from start: Int) {
            let dimensions = dimensions.isEmpty ? [1] : dimensions
            var strides: [Int] = []
            var stride = 1
            for dimension in dimensions {
                strides.append(stride)
                stride *= dimension
            }
            var index = [Int](repeating: 0, count: dimensions.count)
            var rest = start
            for axis in dimensions.indices.reversed() {
                (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: dimensions[axis])
                position += index[axis] * strides[axis]
            }
            self.dimensions = dimensions
            self.strides = strides
            self.index = index
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
    }
}
