import RegistryTypes

/// Elements that lie in a file at regular distances: a view of a tensor, or one field of an array of records.
struct StridedElements: ElementSource {
    private let slice: MappedSlice
    private let size: TensorShape
    private let strides: [Int]

    /// Takes the distance in bytes between neighbours along each dimension; throws if an element lies outside.
    ///
    /// The first element is at the beginning of the slice. Distances may be zero, but not negative.
    init(_ slice: MappedSlice, size: TensorShape, strides: [Int]) throws {
        let outside = WeightFormatError.malformed("a tensor's strides lead outside its data")
        var end = size.elementCount > 0 ? size.dtype.byteCount : 0
        guard strides.count == size.dimensions.count else { throw outside }
        for (dimension, stride) in zip(size.dimensions, strides) where size.elementCount > 0 {
            let (length, overflow) = (dimension - 1).multipliedReportingOverflow(by: stride)
            guard stride >= 0, !overflow, length <= slice.count else { throw outside }
            end += length
        }
        guard end <= slice.count else { throw outside }
        (self.slice, self.size, self.strides) = (slice, size, strides)
    }

    var byteCount: Int { size.byteCount }

    func stream() throws -> any ElementStream {
        Stream(elements: self, walk: StridedWalk(size.dimensions, strides: strides, from: 0))
    }

    /// The distances in C order without gaps, as `FortranOrder.strides` has them for the other order.
    static func contiguous(_ dimensions: [Int], elementSize: Int) -> [Int] {
        FortranOrder.strides(dimensions.reversed(), elementSize: elementSize).reversed()
    }

    private final class Stream: ElementStream {
        private let elements: StridedElements
        private var walk: StridedWalk

        init(elements: StridedElements, walk: StridedWalk) {
            self.elements = elements
            self.walk = walk
        }

        func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
            let slice = elements.slice
            walk.gather(
                try slice.bytes(0..<slice.count), elementSize: elements.size.dtype.byteCount, into: buffer)
        }

        func finish() throws {
            elements.slice.release(0..<elements.slice.count)
        }
    }
}
