/// Reads little-endian numbers one after the other from bytes of a file, and never behind their end.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    /// How many bytes have been read.
    private(set) var offset = 0

    /// Starts at the first byte; the cursor may not outlive the bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The number of bytes that are left.
    var left: Int { bytes.count - offset }

    /// The next number of 1, 2, 4 or 8 bytes; throws at the end.
    mutating func next<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
        let size = MemoryLayout<Number>.size
        guard left >= size else { throw WeightFormatError.malformed("the file ends in the middle of a header") }
        defer { offset += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// The next bytes; throws if there are fewer.
    mutating func next(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, left >= count else {
            throw WeightFormatError.malformed("the file ends in the middle of a header")
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// The bytes up to the next line feed, which is passed over; throws if there is none.
    mutating func line() throws -> UnsafeRawBufferPointer {
        guard let end = bytes[offset...].firstIndex(of: 0x0A) else {
            throw WeightFormatError.malformed("the file ends in the middle of a line")
        }
        defer { offset = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
    }
}
