/// The beginning of an HDF5 file (specification, section II.A), versions 0, 2 and 3.
struct HDF5Superblock {
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The address of the root group's object header.
    let root: UInt64

    /// Reads and checks it.
    init(_ bytes: HDF5Bytes) throws {
        guard bytes.slice.count >= 48, try bytes.slice.bytes(0..<8).elementsEqual(Self.signature) else {
            throw WeightFormatError.malformed("this is not an HDF5 file: it does not begin with \\x89HDF")
        }
        var cursor = try bytes.cursor(8)
        let version = try cursor.next(UInt8.self)
        switch version {
        case 0:
            // Versions of parts, then the sizes of addresses and lengths.
            _ = try cursor.next(4)
            try Self.checkSizes(&cursor)
            _ = try cursor.next(1 + 2 + 2 + 4)
        case 2, 3:
            try Self.checkSizes(&cursor)
            _ = try cursor.next(1)
        default: throw HDF5Bytes.unsupported("a superblock of version \(version)")
        }
        let base = try cursor.next(UInt64.self)
        _ = try cursor.next(UInt64.self)
        let end = try cursor.next(UInt64.self)
        guard base == 0 else { throw HDF5Bytes.unsupported("a block of other data in front") }
        guard end <= UInt64(bytes.slice.count) else {
            throw HDF5Bytes.malformed("it should have \(end) bytes and has \(bytes.slice.count); it may be cut off")
        }
        // Version 0 goes on with the driver's address and the root's symbol table entry.
        if version == 0 { _ = try cursor.next(16) }
        root = try cursor.next(UInt64.self)
    }

    private static func checkSizes(_ cursor: inout ByteCursor) throws {
        let sizes = (try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        guard sizes == (8, 8) else {
            throw HDF5Bytes.unsupported("addresses of \(sizes.0) and lengths of \(sizes.1) bytes")
        }
    }
}
