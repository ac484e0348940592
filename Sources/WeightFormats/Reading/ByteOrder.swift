/// Turns big-endian elements into little-endian ones.
enum ByteOrder {
    /// Reverses the bytes of each element in place; the buffer holds whole elements of 1, 2, 4 or 8 bytes.
    static func swap(_ buffer: UnsafeMutableRawBufferPointer, elementSize: Int) {
        switch elementSize {
        case 2: swap(buffer, UInt16.self)
        case 4: swap(buffer, UInt32.self)
        case 8: swap(buffer, UInt64.self)
        default: break
        }
    }

    private static func swap<Bits: FixedWidthInteger>(_ buffer: UnsafeMutableRawBufferPointer, _: Bits.Type) {
        let size = MemoryLayout<Bits>.size
        for offset in stride(from: 0, to: buffer.count - size + 1, by: size) {
            let bits = buffer.loadUnaligned(fromByteOffset: offset, as: Bits.self)
            buffer.storeBytes(of: bits.byteSwapped, toByteOffset: offset, as: Bits.self)
        }
    }
}
