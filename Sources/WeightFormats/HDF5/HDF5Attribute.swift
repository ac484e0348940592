/// An attribute: a name and values (specification, section IV.A.2.m), versions 1 to 3.
struct HDF5Attribute {
    let name: String
    let values: HDF5Values

    /// Reads an attribute message.
    init(_ message: UnsafeRawBufferPointer) throws {
        var cursor = ByteCursor(message)
        let version = try cursor.next(UInt8.self)
        let flags = try cursor.next(UInt8.self)
        guard (1...3).contains(version), version == 1 || flags & 3 == 0 else {
            throw HDF5Bytes.unsupported("attributes of version \(version), or of shared types")
        }
        let sizes = try (0..<3).map { _ in Int(try cursor.next(UInt16.self)) }
        if version == 3 { _ = try cursor.next(1) }
        // In version 1 each part is filled up to a multiple of eight bytes.
        let parts = try sizes.map { try cursor.next(version == 1 ? ($0 + 7) / 8 * 8 : $0) }
        name = try HDF5LocalHeap.text(UnsafeRawBufferPointer(rebasing: parts[0].prefix { $0 != 0 }))
        var (type, space) = (ByteCursor(parts[1]), ByteCursor(parts[2]))
        let datatype = try HDF5Datatype(&type)
        values = try HDF5Values(datatype, try HDF5Dataspace(&space).shape, try cursor.next(cursor.left))
    }
}
