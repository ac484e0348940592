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
        let size = shape.dtype.byteCount
        var walk = StridedWalk(
            shape.dimensions, strides: strides(shape.dimensions, elementSize: size), from: range.lowerBound / size)
        walk.gather(source, elementSize: size, into: target)
    }

    /// The distances in bytes between neighbours along each dimension.
    ///
    /// The size of the whole is known not to overflow, unless it is empty: then the distances mean nothing.
    static func strides(_ dimensions: [Int], elementSize: Int) -> [Int] {
        var stride = elementSize
        return dimensions.map { dimension in
            defer { stride &*= dimension }
            return stride
        }
    }
}
