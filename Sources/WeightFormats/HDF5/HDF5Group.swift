/// The members of a group: names and addresses of object headers.
struct HDF5Group {
    let members: [(name: String, address: UInt64)]

    /// Reads them from a symbol table (section III) or from link messages; nil if the object is a dataset.
    init?(_ object: HDF5Object, _ bytes: HDF5Bytes, _ visited: inout Set<UInt64>) throws {
        var found: [(String, UInt64)] = []
        if var table = try object.only(0x11) {
            let tree = try table.next(UInt64.self)
            let heap = try HDF5LocalHeap(bytes, at: try table.next(UInt64.self))
            try HDF5Tree.walk(bytes, root: tree, kind: 0, keySize: 8, &visited) { _, address in
                try Self.read(symbols: address, heap, bytes, into: &found)
            }
        } else if var info = try object.only(0x02) {
            _ = try info.next(1)
            if try info.next(UInt8.self) & 1 != 0 { _ = try info.next(8) }
            guard try info.next(UInt64.self) == HDF5Bytes.undefined else {
                throw HDF5Bytes.unsupported("a group of many members in a fractal heap (libver or track_order)")
            }
        } else if try object.only(0x08) != nil || object.only(0x03) != nil {
            return nil
        }
        for message in object.messages where message.type == 0x06 { found.append(try Self.link(message.data)) }
        members = found
    }

    private static func read(
        symbols address: UInt64, _ heap: HDF5LocalHeap, _ bytes: HDF5Bytes, into found: inout [(String, UInt64)]
    ) throws {
        var cursor = try bytes.cursor(address, signature: "SNOD")
        _ = try cursor.next(2)
        for _ in 0..<Int(try cursor.next(UInt16.self)) {
            let name = try heap.name(at: try cursor.next(UInt64.self))
            let target = try cursor.next(UInt64.self)
            let kind = try cursor.next(UInt32.self)
            _ = try cursor.next(4 + 16)
            guard kind != 2 else { throw HDF5Bytes.unsupported("symbolic links") }
            found.append((name, target))
        }
        guard found.count <= WeightLimits.tensors else { throw HDF5Bytes.unsupported("too many members in a group") }
    }

    private static func link(_ data: UnsafeRawBufferPointer) throws -> (String, UInt64) {
        var cursor = ByteCursor(data)
        _ = try cursor.next(1)
        let flags = try cursor.next(UInt8.self)
        let kind = flags & 8 != 0 ? try cursor.next(UInt8.self) : 0
        guard kind == 0 else { throw HDF5Bytes.unsupported("symbolic or external links") }
        _ = try cursor.next((flags & 4 != 0 ? 8 : 0) + (flags & 16 != 0 ? 1 : 0))
        let length = try cursor.sized(flags)
        let name = try HDF5LocalHeap.text(try cursor.next(Int(clamping: length)))
        return (name, try cursor.next(UInt64.self))
    }
}
