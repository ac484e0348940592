import CZlib

/// Unpacks the zlib and gzip streams that joblib writes.
enum PackedPickle {
    /// The file itself if it is not packed; else its bytes unpacked in memory, within `WeightLimits`.
    static func unpack(_ file: MappedFile) throws -> MappedFile {
        let head = file.head(6)
        if let kind = others.first(where: { head.starts(with: $0.magic) })?.name {
            throw WeightFormatError.unsupported(
                "the file is packed with \(kind); save it with compress=0 or compress=\"zlib\"")
        }
        guard isDeflated(head) else { return file }
        // The first pass only counts, so that the second one needs no more memory than the result.
        let count = try inflate(file, into: nil)
        return try MappedFile(allocating: count) { _ = try inflate(file, into: $0) }
    }

    private static let others: [(magic: [UInt8], name: String)] = [
        ([0x42, 0x5A, 0x68], "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x5D, 0, 0], "lzma"),
        ([4, 0x22, 0x4D, 0x18], "lz4"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0x5A, 0x46], "joblib's old compression"),
    ]

    /// RFC 1952 2.3.1, RFC 1950 2.2: the header of zlib is divisible by 31.
    private static func isDeflated(_ head: [UInt8]) -> Bool {
        guard head.count >= 2 else { return false }
        return head.starts(with: [0x1F, 0x8B]) || (head[0] == 0x78 && (Int(head[0]) << 8 | Int(head[1])) % 31 == 0)
    }

    private static func inflate(_ file: MappedFile, into target: UnsafeMutableRawBufferPointer?) throws -> Int {
        var stream = z_stream()
        // 32 more than the largest window: zlib or gzip, as the header says.
        guard inflateInit2_(&stream, 32 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw WeightFormatError.malformed("zlib could not start")
        }
        defer { inflateEnd(&stream) }
        let scratch = ScratchBuffer(count: WeightLimits.chunk)
        let packed = try file.bytes(0..<file.count).bindMemory(to: UInt8.self)
        var (fed, produced, status) = (0, 0, Z_OK)
        while status != Z_STREAM_END {
            if stream.avail_in == 0 {
                let part = min(WeightLimits.chunk, packed.count - fed)
                stream.next_in = packed.baseAddress.map { UnsafeMutablePointer(mutating: $0 + fed) }
                stream.avail_in = UInt32(part)
                fed += part
            }
            let rest = target.map { UnsafeMutableRawBufferPointer(rebasing: $0[produced...]) } ?? scratch.bytes
            // One byte of scratch lets the last call see the end of the stream.
            let output = rest.isEmpty ? scratch.prefix(1) : rest
            let space = min(output.count, WeightLimits.chunk)
            stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(space)
            status = CZlib.inflate(&stream, Z_NO_FLUSH)
            produced += space - Int(stream.avail_out)
            guard status == Z_OK || status == Z_STREAM_END, target.map({ produced <= $0.count }) ?? true else {
                throw WeightFormatError.malformed("the file is not one sound zlib or gzip stream")
            }
            try check(produced, packed: packed.count)
        }
        guard fed - Int(stream.avail_in) == packed.count else {
            throw WeightFormatError.malformed("the file goes on behind its packed stream")
        }
        return produced
    }

    private static func check(_ unpacked: Int, packed: Int) throws {
        guard unpacked <= WeightLimits.converted,
            unpacked <= WeightLimits.joblibFreeBytes || unpacked / WeightLimits.zipRatio <= packed
        else {
            throw WeightFormatError.unsupported(
                "the file unpacks to more than \(WeightLimits.converted >> 20) MiB or \(WeightLimits.zipRatio) times its "
                    + "size; save it with compress=0")
        }
    }
}
