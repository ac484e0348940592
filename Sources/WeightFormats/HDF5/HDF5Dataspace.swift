/// The shape of a dataset or an attribute (specification, section IV.A.2.b).
struct HDF5Dataspace {
    /// The dimensions; nil for a dataspace without any element.
    let shape: [Int]?

    /// Reads a dataspace message.
    init(_ cursor: inout ByteCursor) throws {
        let version = try cursor.next(UInt8.self)
        let rank = Int(try cursor.next(UInt8.self))
        _ = try cursor.next(1)
        let kind: UInt8
        switch version {
        case 1:
            _ = try cursor.next(5)
            kind = rank == 0 ? 0 : 1
        case 2: kind = try cursor.next(UInt8.self)
        default: throw HDF5Bytes.unsupported("a dataspace of version \(version)")
        }
        let dimensions = try (0..<rank).map { _ in Int(clamping: try cursor.next(UInt64.self)) }
        guard kind <= 2, kind == 1 || rank == 0 else { throw HDF5Bytes.malformed("a dataspace contradicts itself") }
        shape = kind == 2 ? nil : dimensions
    }
}
