/// Access to an HDF5 file by addresses, which are counted from its beginning.
struct HDF5Bytes {
    let slice: MappedSlice
    /// The address that stands for none.
    static let undefined = UInt64.max

    /// A cursor over `count` bytes at an address, or over everything from there on.
    func cursor(_ address: UInt64, count: Int? = nil) throws -> ByteCursor {
        guard address < UInt64(slice.count), count ?? 0 >= 0, count ?? 0 <= slice.count - Int(address) else {
            throw Self.malformed("an address \(address) lies outside the file, which may be cut off")
        }
        let start = Int(address)
        return ByteCursor(try slice.bytes(start..<start + (count ?? slice.count - start)))
    }

    /// A cursor behind four letters that must stand at an address.
    func cursor(_ address: UInt64, signature: String) throws -> ByteCursor {
        var cursor = try cursor(address)
        guard cursor.left >= 4, try cursor.next(4).elementsEqual(signature.utf8) else {
            throw Self.malformed("no \(signature) stands at the address \(address)")
        }
        return cursor
    }

    /// A part of the file as data of a tensor.
    func part(_ address: UInt64, count: Int) throws -> MappedSlice {
        guard address <= UInt64(slice.count), count >= 0, count <= slice.count - Int(address) else {
            throw Self.malformed("data of \(count) bytes lies outside the file, which may be cut off")
        }
        let start = slice.range.lowerBound + Int(address)
        return try MappedSlice(slice.file, start..<start + count)
    }

    static func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("the HDF5 file is damaged: \(what)")
    }

    static func unsupported(_ what: String) -> any Error {
        WeightFormatError.unsupported("the HDF5 file has \(what), which is not read")
    }
}
