import CZlib

/// Unpacks one deflated entry from its beginning to its end and checks its length and checksum there.
///
/// A class, because zlib keeps a pointer to its stream structure, which therefore may not move.
final class Inflater: ElementStream {
    private let entry: ZipEntry
    private let stream: UnsafeMutablePointer<z_stream>
    /// How many packed bytes zlib has been given.
    private var fed = 0
    private var produced = 0
    private var checksum: UInt32 = 0
    private var ended = false

    /// Starts at the first byte.
    init(_ entry: ZipEntry) throws {
        self.entry = entry
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Minus 15: a raw deflate stream with the largest window, as zip holds it (APPNOTE 4.4.5).
        let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw WeightFormatError.malformed("zlib could not start: \(status)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks exactly as many bytes as the buffer holds; throws if the data is damaged or ends before.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let count = try step(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            guard count > 0 || !ended else {
                throw damaged("ends after \(produced) of \(entry.unpackedSize) bytes")
            }
            filled += count
        }
    }

    /// Unpacks and forgets so many bytes.
    func skip(_ count: Int) throws {
        let buffer = ScratchBuffer(count: min(count, WeightLimits.npyHeader))
        var rest = count
        while rest > 0 {
            let part = min(rest, buffer.bytes.count)
            try fill(buffer.prefix(part))
            rest -= part
        }
    }

    /// Checks that nothing is left, and that length and CRC-32 are those of the directory.
    func finish() throws {
        let buffer = ScratchBuffer(count: 1)
        while !ended {
            guard try step(buffer.bytes) == 0 else { throw damaged("is longer than the directory says") }
        }
        guard produced == entry.unpackedSize, fed - Int(stream.pointee.avail_in) == entry.packed.count else {
            throw damaged("has not the lengths that the directory says")
        }
        guard checksum == entry.checksum else { throw damaged("has a wrong CRC-32: the file is damaged") }
    }

    /// Lets zlib work once; the number of bytes that it wrote.
    private func step(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !ended else { return 0 }
        if stream.pointee.avail_in == 0 { try feed() }
        let space = min(buffer.count, WeightLimits.chunk)
        stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(space)
        let status = inflate(stream, Z_NO_FLUSH)
        let count = space - Int(stream.pointee.avail_out)
        switch status {
        case Z_STREAM_END: ended = true
        case Z_OK: break
        default: throw damaged("is not valid deflate data")
        }
        produced += count
        checksum = Checksum.update(checksum, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    private func feed() throws {
        let part = fed..<min(fed + WeightLimits.chunk, entry.packed.count)
        entry.packed.release(max(0, fed - 2 * WeightLimits.chunk)..<fed)
        guard !part.isEmpty else { return }
        let bytes = try entry.packed.bytes(part).bindMemory(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(part.count)
        fed = part.upperBound
    }

    private func damaged(_ what: String) -> any Error {
        WeightFormatError.malformed("the archive entry \(entry.name.prefix(80)) \(what)")
    }
}
