/// The names of a group's members (specification, section III.D).
struct HDF5LocalHeap {
    private let data: UnsafeRawBufferPointer

    /// Reads the heap at an address.
    init(_ bytes: HDF5Bytes, at address: UInt64) throws {
        var cursor = try bytes.cursor(address, signature: "HEAP")
        _ = try cursor.next(4)
        let size = try cursor.next(UInt64.self)
        _ = try cursor.next(8)
        let start = try cursor.next(UInt64.self)
        var inside = try bytes.cursor(start, count: Int(clamping: size))
        data = try inside.next(inside.left)
    }

    /// The text that begins at an offset and ends with a zero.
    func name(at offset: UInt64) throws -> String {
        guard offset < UInt64(data.count) else { throw HDF5Bytes.malformed("a name lies outside its heap") }
        let rest = data[Int(offset)...]
        guard let end = rest.prefix(WeightLimits.name + 1).firstIndex(of: 0) else {
            throw HDF5Bytes.malformed("a name does not end")
        }
        return try Self.text(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }

    /// A name in UTF-8 that can stand in a path.
    static func text(_ bytes: UnsafeRawBufferPointer) throws -> String {
        guard !bytes.isEmpty, bytes.count <= WeightLimits.name, !bytes.contains(UInt8(ascii: "/")),
            let name = String(validating: bytes, as: UTF8.self)
        else { throw HDF5Bytes.malformed("a name is empty, too long, has a slash, or is not UTF-8") }
        return name
    }
}
