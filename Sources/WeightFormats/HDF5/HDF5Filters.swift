import CZlib

/// What was done to the bytes of each chunk (specification, section IV.A.2.l): deflate, shuffle, Fletcher-32.
struct HDF5Filters {
    private enum Filter {
        case deflate, shuffle, checksum
    }

    private var filters: [Filter] = []

    /// No filter at all.
    static let none = HDF5Filters()

    private init() {}

    /// Reads a filter pipeline message.
    init(_ message: ByteCursor) throws {
        var cursor = message
        let version = try cursor.next(UInt8.self)
        let count = try cursor.next(UInt8.self)
        guard version == 1 || version == 2 else { throw HDF5Bytes.unsupported("a filter list of version \(version)") }
        if version == 1 { _ = try cursor.next(6) }
        for _ in 0..<count {
            let kind = try cursor.next(UInt16.self)
            let nameLength = version == 1 || kind >= 256 ? Int(try cursor.next(UInt16.self)) : 0
            _ = try cursor.next(2)
            let values = Int(try cursor.next(UInt16.self))
            _ = try cursor.next(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength)
            _ = try cursor.next(4 * values + (version == 1 && values % 2 == 1 ? 4 : 0))
            switch kind {
            case 1: filters.append(.deflate)
            case 2: filters.append(.shuffle)
            case 3: filters.append(.checksum)
            default: throw HDF5Bytes.unsupported("chunks with the filter \(kind); gzip and shuffle are read")
            }
        }
        guard Set(filters).count == filters.count else { throw HDF5Bytes.unsupported("chunks filtered twice") }
    }

    /// Whether so many packed bytes can be a chunk; deflate cannot shrink below 1 ÷ 1032.
    func allow(_ packed: Int, for unpacked: Int) -> Bool {
        let extra = filters.contains(.checksum) ? 4 : 0
        return filters.contains(.deflate) ? unpacked / 1032 <= packed : packed == unpacked + extra
    }

    /// Undoes the filters from the last to the first; those in `mask` were not applied to this chunk.
    func undo(_ packed: UnsafeRawBufferPointer, mask: UInt32, into chunk: UnsafeMutableRawBufferPointer, _ size: Int)
        throws
    {
        var current = Array(packed)
        for (index, filter) in filters.enumerated().reversed() where index >= 32 || mask & (1 << UInt32(index)) == 0 {
            switch filter {
            case .checksum:
                guard current.count >= 4 else { throw HDF5Bytes.malformed("a chunk has no checksum") }
                let stored = current.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                current.removeLast(4)
                guard Self.fletcher32(current) == stored else {
                    throw HDF5Bytes.malformed("a chunk has a wrong checksum: the file is damaged")
                }
            case .deflate: current = try Self.inflated(current, limit: chunk.count + 4)
            case .shuffle: current = Self.unshuffled(current, size)
            }
        }
        guard current.count == chunk.count else { throw HDF5Bytes.malformed("a chunk has another size than it should") }
        chunk.copyBytes(from: current)
    }

    /// Fletcher's checksum over big-endian words of 16 bits (`H5_checksum_fletcher32` of HDF5 1.14).
    private static func fletcher32(_ bytes: [UInt8]) -> UInt32 {
        var (first, second): (UInt32, UInt32) = (0, 0)
        // So many words at a time cannot overflow the sums.
        for start in stride(from: 0, to: bytes.count, by: 720) {
            let end = min(start + 720, bytes.count)
            for index in stride(from: start, to: end, by: 2) {
                first += UInt32(bytes[index]) << 8 | (index + 1 < end ? UInt32(bytes[index + 1]) : 0)
                second += first
            }
            first = (first & 0xFFFF) + first >> 16
            second = (second & 0xFFFF) + second >> 16
        }
        first = (first & 0xFFFF) + first >> 16
        second = (second & 0xFFFF) + second >> 16
        return second << 16 | first
    }

    private static func inflated(_ packed: [UInt8], limit: Int) throws -> [UInt8] {
        var length = uLong(limit)
        let bytes = try [UInt8](unsafeUninitializedCapacity: max(limit, 1)) { buffer, count in
            guard uncompress(buffer.baseAddress, &length, packed, uLong(packed.count)) == Z_OK else {
                throw HDF5Bytes.malformed("a chunk is not valid deflate data of its size")
            }
            count = Int(length)
        }
        return bytes
    }

    /// Brings the bytes of each element together again; what is left over at the end is as it was.
    private static func unshuffled(_ shuffled: [UInt8], _ size: Int) -> [UInt8] {
        let count = shuffled.count / size
        var bytes = shuffled
        for byte in 0..<size {
            for element in 0..<count { bytes[element * size + byte] = shuffled[byte * count + element] }
        }
        return bytes
    }
}
