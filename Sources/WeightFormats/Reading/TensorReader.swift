import RegistryTypes

/// Reads the elements of one tensor once, from the first to the last, in pieces of 2 MiB.
///
/// Two readers of tensors of the same shape and dtype hand out pieces of the same lengths. A piece is valid until the
/// next one is asked for, and no longer than the reader and the file live.
struct TensorReader: ~Copyable {
    private let tensor: Tensor
    private var offset = 0
    private var stream: (any ElementStream)?
    /// Converted or unpacked elements of one piece.
    private var scratch: ScratchBuffer?
    /// The whole tensor, where it had to be unpacked to be reordered.
    private var unpacked: ScratchBuffer?

    /// Starts at the first element.
    init(_ tensor: Tensor) throws {
        self.tensor = tensor
        guard case .streamed(let source) = tensor.storage.source else { return }
        let stream = try source.stream()
        if tensor.byteCount == 0 { try stream.finish() }
        if tensor.storage.fortranOrder { unpacked = try Self.unpackAll(tensor, stream) }
        self.stream = stream
    }

    private static func unpackAll(_ tensor: Tensor, _ stream: any ElementStream) throws -> ScratchBuffer {
        guard tensor.byteCount <= WeightLimits.deflatedFortran else {
            throw WeightFormatError.unsupported(
                "the array \(tensor.name.prefix(80)) is compressed, in Fortran order and larger than "
                    + "\(WeightLimits.deflatedFortran >> 20) MiB; save it in C order (numpy.ascontiguousarray) or "
                    + "uncompressed (numpy.savez)")
        }
        let all = ScratchBuffer(count: tensor.byteCount)
        try stream.fill(all.bytes)
        if tensor.byteCount > 0 { try stream.finish() }
        return all
    }

    /// The next piece, or nil at the end.
    mutating func next() throws -> UnsafeRawBufferPointer? {
        let range = offset..<min(offset + WeightLimits.chunk, tensor.byteCount)
        releaseBehind()
        guard !range.isEmpty else { return nil }
        offset = range.upperBound
        return switch tensor.storage.source {
        case .mapped(let slice): try mapped(slice, range)
        case .streamed: try streamed(range)
        }
    }

    private mutating func mapped(_ slice: MappedSlice, _ range: Range<Int>) throws -> UnsafeRawBufferPointer {
        if tensor.storage.fortranOrder {
            return reordered(try slice.bytes(0..<tensor.byteCount), range)
        }
        let bytes = try slice.bytes(range)
        guard tensor.storage.bigEndian else { return bytes }
        let piece = scratchPrefix(range.count)
        piece.copyMemory(from: bytes)
        return littleEndian(piece)
    }

    private mutating func streamed(_ range: Range<Int>) throws -> UnsafeRawBufferPointer {
        if let unpacked { return reordered(UnsafeRawBufferPointer(unpacked.bytes), range) }
        let piece = scratchPrefix(range.count)
        try stream?.fill(piece)
        if range.upperBound == tensor.byteCount { try stream?.finish() }
        return littleEndian(piece)
    }

    private mutating func reordered(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        let piece = scratchPrefix(range.count)
        FortranOrder.gather(all, shape: tensor.size, range: range, into: piece)
        return littleEndian(piece)
    }

    private func littleEndian(_ piece: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        if tensor.storage.bigEndian { ByteOrder.swap(piece, elementSize: tensor.dtype.byteCount) }
        return UnsafeRawBufferPointer(piece)
    }

    private mutating func scratchPrefix(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let buffer = scratch ?? ScratchBuffer(count: min(WeightLimits.chunk, tensor.byteCount))
        scratch = buffer
        return buffer.prefix(count)
    }

    /// Gives back the pages of the piece before; a reordered tensor is read all over until its end.
    private func releaseBehind() {
        guard case .mapped(let slice) = tensor.storage.source else { return }
        if !tensor.storage.fortranOrder {
            slice.release(max(0, offset - 2 * WeightLimits.chunk)..<offset)
        } else if offset == tensor.byteCount {
            slice.release(0..<offset)
        }
    }
}
