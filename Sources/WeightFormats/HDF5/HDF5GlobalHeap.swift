/// Texts of any length (specification, section III.E); each collection is read once.
struct HDF5GlobalHeap {
    private let bytes: HDF5Bytes
    private var size = 0
    private var told = 0
    private var collections: [UInt64: [UInt32: UnsafeRawBufferPointer]] = [:]

    /// Nothing read yet.
    init(_ bytes: HDF5Bytes) {
        self.bytes = bytes
    }

    /// Counts the bytes of texts that are taken out, for one text can be told many times.
    mutating func charge(_ count: Int) throws {
        told += min(count, WeightLimits.text)
        guard told <= 2 * WeightLimits.text else {
            throw HDF5Bytes.unsupported("more than \(2 * WeightLimits.text >> 20) MiB of texts")
        }
    }

    /// An object of the collection at an address.
    mutating func object(_ address: UInt64, _ number: UInt32) throws -> UnsafeRawBufferPointer {
        let collection = try collections[address] ?? read(address)
        collections[address] = collection
        guard let object = collection[number] else { throw HDF5Bytes.malformed("a text is missing in its heap") }
        return object
    }

    private mutating func read(_ address: UInt64) throws -> [UInt32: UnsafeRawBufferPointer] {
        var head = try bytes.cursor(address, signature: "GCOL")
        _ = try head.next(4)
        let size = Int(clamping: try head.next(UInt64.self))
        guard size >= 16, size <= bytes.slice.count - self.size else {
            throw HDF5Bytes.malformed("a heap of texts is too short, or overlaps another one")
        }
        self.size += size
        var cursor = try bytes.cursor(address, count: size)
        _ = try cursor.next(16)
        var objects: [UInt32: UnsafeRawBufferPointer] = [:]
        // The object 0 is the free space at the end.
        while cursor.left >= 16 {
            let number = UInt32(try cursor.next(UInt16.self))
            _ = try cursor.next(6)
            let length = Int(clamping: try cursor.next(UInt64.self))
            guard number != 0 else { break }
            objects[number] = try cursor.next(length)
            _ = try cursor.next(min((8 - length % 8) % 8, cursor.left))
        }
        return objects
    }
}
