package import RegistryTypes

/// One tensor of an opened file: its description, and access to its elements piece by piece.
package struct Tensor: Sendable {
    /// The name of a tensor that its file does not name, as `numpy.savez` calls the first unnamed array.
    package static let unnamed = "arr_0"

    /// The tensor's name in its file.
    package let name: String
    let size: TensorShape
    let storage: TensorStorage
    /// Whether +inf is a value like any other, as in the thresholds of a tree: everything is below it.
    var holdsThresholds = false

    /// Takes a name of at most 4096 bytes and data of the size that the shape asks for.
    init(name: String, size: TensorShape, storage: TensorStorage) throws {
        guard name.utf8.count <= WeightLimits.name else {
            throw WeightFormatError.unsupported(
                "a tensor's name has \(name.utf8.count) bytes; at most \(WeightLimits.name) are read")
        }
        guard storage.byteCount == size.byteCount else {
            throw WeightFormatError.malformed(
                "the tensor \(name.prefix(80)) holds \(storage.byteCount) bytes, its shape and dtype need "
                    + "\(size.byteCount)")
        }
        self.name = name
        self.size = size
        self.storage = storage
    }

    /// The type of the elements.
    package var dtype: ElementType { size.dtype }

    /// The length of each dimension, outermost first; empty for a single number.
    package var shape: [Int] { size.dimensions }

    /// The number of elements.
    package var elementCount: Int { size.elementCount }

    /// The number of bytes that the elements take.
    package var byteCount: Int { size.byteCount }

    /// Hands out the elements as little-endian bytes in C order, in pieces of at most 2 MiB that hold whole elements.
    ///
    /// A piece is valid only inside the call. Throws what reading throws: a damaged archive entry may show only at
    /// its end, so nothing that was handed out counts before this returns.
    package func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var reader = try TensorReader(self)
        while let chunk = try reader.next() { try body(chunk) }
    }
}
