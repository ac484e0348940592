import CZlib
import Dispatch

/// The CRC-32 of the zip format, by zlib.
enum Checksum {
    /// The checksum of bytes that follow bytes with the checksum `before`.
    static func update(_ before: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return before }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(before), start, bytes.count))
    }

    /// How many pieces are summed side by side.
    private static let lanes = 4

    /// The checksum of a part of a file, read piece by piece, several at a time.
    static func of(_ slice: MappedSlice) throws -> UInt32 {
        var sum: UInt32 = 0
        let step = lanes * WeightLimits.chunk
        for start in stride(from: 0, to: slice.count, by: step) {
            let range = start..<min(start + step, slice.count)
            sum = combine(sum, try slice.bytes(range))
            slice.release(max(0, start - WeightLimits.chunk)..<range.upperBound)
        }
        return sum
    }

    /// The checksum of bytes that follow bytes with the checksum `before`; its pieces are summed on several threads.
    private static func combine(_ before: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let pieces = stride(from: 0, to: bytes.count, by: WeightLimits.chunk).map { start in
            start..<min(start + WeightLimits.chunk, bytes.count)
        }
        guard pieces.count > 1 else { return update(before, bytes) }
        let sums = [UInt32](unsafeUninitializedCapacity: pieces.count) { sums, count in
            // Every iteration writes its own element and reads bytes that nobody writes.
            nonisolated(unsafe) let (sums, bytes) = (sums, bytes)
            DispatchQueue.concurrentPerform(iterations: pieces.count) {
                sums[$0] = update(0, UnsafeRawBufferPointer(rebasing: bytes[pieces[$0]]))
            }
            count = pieces.count
        }
        return zip(sums, pieces).reduce(before) { before, next in
            UInt32(truncatingIfNeeded: crc32_combine(UInt(before), UInt(next.0), next.1.count))
        }
    }
}
