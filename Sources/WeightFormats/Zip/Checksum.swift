import CZlib

/// The CRC-32 of the zip format, by zlib.
enum Checksum {
    /// The checksum of bytes that follow bytes with the checksum `before`.
    static func update(_ before: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return before }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(before), start, bytes.count))
    }

    /// The checksum of a part of a file, read piece by piece.
    static func of(_ slice: MappedSlice) throws -> UInt32 {
        var sum: UInt32 = 0
        for start in stride(from: 0, to: slice.count, by: WeightLimits.chunk) {
            let piece = start..<min(start + WeightLimits.chunk, slice.count)
            sum = update(sum, try slice.bytes(piece))
            slice.release(max(0, start - WeightLimits.chunk)..<piece.upperBound)
        }
        return sum
    }
}
