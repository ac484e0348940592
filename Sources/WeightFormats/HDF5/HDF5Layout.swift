/// Where the data of a dataset is (specification, section IV.A.2.i), versions 3 and 4.
enum HDF5Layout {
    case compact(UnsafeRawBufferPointer)
    case contiguous(UInt64, length: UInt64)
    /// The root of the tree of chunks, and the dimensions of a chunk with the element size as the last.
    case chunked(UInt64, [Int])

    /// Reads a layout message.
    init(_ message: ByteCursor) throws {
        var cursor = message
        let version = try cursor.next(UInt8.self)
        let kind = try cursor.next(UInt8.self)
        switch (version, kind) {
        case (3, 0), (4, 0): self = .compact(try cursor.next(Int(try cursor.next(UInt16.self))))
        case (3, 1), (4, 1): self = .contiguous(try cursor.next(UInt64.self), length: try cursor.next(UInt64.self))
        case (3, 2):
            let rank = try cursor.next(UInt8.self)
            let root = try cursor.next(UInt64.self)
            self = .chunked(root, try (0..<rank).map { _ in Int(try cursor.next(UInt32.self)) })
        case (4, 2): throw HDF5Bytes.unsupported("chunks with an index of HDF5 1.10 (libver=\"latest\")")
        default: throw HDF5Bytes.unsupported("a data layout of version \(version) and class \(kind)")
        }
    }
}
