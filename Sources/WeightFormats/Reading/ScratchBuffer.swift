/// Memory for converted elements, freed with its owner; a class because views of it are handed out.
final class ScratchBuffer {
    /// The whole buffer.
    let bytes: UnsafeMutableRawBufferPointer

    /// Allocates so many zeroed bytes, aligned for any element type.
    init(count: Int) {
        bytes = .allocate(byteCount: count, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    /// The first bytes of the buffer.
    func prefix(_ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
    }
}
