/// One record of the central directory (APPNOTE 4.3.12), its zip64 sizes resolved.
struct ZipRecord {
    private let name: String
    private let rawName: [UInt8]
    private let flags: UInt16
    private let method: ZipEntry.Method
    private let checksum: UInt32
    private let packedSize: Int
    private let unpackedSize: Int
    private let offset: Int

    /// Reads the record at the cursor and moves behind it.
    init(_ cursor: inout ByteCursor) throws {
        guard try cursor.next(UInt32.self) == 0x0201_4B50 else {
            throw WeightFormatError.malformed("the archive's directory holds something that is not a record")
        }
        _ = try cursor.next(4)
        flags = try cursor.next(UInt16.self)
        let method = try cursor.next(UInt16.self)
        _ = try cursor.next(4)
        checksum = try cursor.next(UInt32.self)
        let sizes = (try cursor.next(UInt32.self), try cursor.next(UInt32.self))
        let lengths = (
            try cursor.next(UInt16.self), try cursor.next(UInt16.self), try cursor.next(UInt16.self)
        )
        let disk = try cursor.next(UInt16.self)
        _ = try cursor.next(6)
        let place = try cursor.next(UInt32.self)
        rawName = Array(try cursor.next(Int(lengths.0)))
        let extra = try cursor.next(Int(lengths.1))
        _ = try cursor.next(Int(lengths.2))
        name = try Self.decode(rawName, flags: flags)
        self.method = try Self.method(method, flags: flags, name: name)
        guard disk == 0 else { throw WeightFormatError.unsupported("the archive is spread over several disks") }
        (unpackedSize, packedSize, offset) = try Self.resolve(
            unpacked: sizes.1, packed: sizes.0, offset: place, extra: extra)
    }

    /// The entry, after its local header and its extent have been checked; its data ends before the directory.
    func entry(in file: MappedFile, before limit: Int) throws -> ZipEntry {
        let outside = WeightFormatError.malformed("the archive entry \(name.prefix(80)) lies outside the archive")
        guard limit - offset >= 30 else { throw outside }
        var cursor = ByteCursor(try file.bytes(offset..<limit))
        guard try cursor.next(UInt32.self) == 0x0403_4B50 else { throw outside }
        _ = try cursor.next(2)
        let localFlags = try cursor.next(UInt16.self)
        let localMethod = try cursor.next(UInt16.self)
        _ = try cursor.next(4 + 12)
        let nameLength = Int(try cursor.next(UInt16.self))
        let extraLength = Int(try cursor.next(UInt16.self))
        let localName = Array(try cursor.next(nameLength))
        _ = try cursor.next(extraLength)
        guard localName == rawName, localFlags == flags, localMethod == (method == .stored ? 0 : 8) else {
            throw WeightFormatError.malformed("the archive entry \(name.prefix(80)) contradicts the directory")
        }
        let start = offset + cursor.offset
        guard packedSize <= limit - start else { throw outside }
        try checkSizes()
        return ZipEntry(
            name: name, method: method, packed: try MappedSlice(file, start..<start + packedSize),
            unpackedSize: unpackedSize, checksum: checksum, extent: offset..<start + packedSize)
    }

    /// Deflate cannot shrink below 1 ÷ 1032, so a larger claim is a lie.
    private func checkSizes() throws {
        let possible =
            switch method {
            case .stored: unpackedSize == packedSize
            case .deflated: unpackedSize / 1032 <= packedSize
            }
        guard possible else {
            throw WeightFormatError.malformed("the archive entry \(name.prefix(80)) claims an impossible size")
        }
    }

    private static func decode(_ bytes: [UInt8], flags: UInt16) throws -> String {
        // Bit 11: the name is UTF-8; without it only ASCII means the same to everybody (APPNOTE appendix D).
        guard flags & 0x800 != 0 || bytes.allSatisfy({ $0 < 0x80 }), let name = String(validating: bytes, as: UTF8.self)
        else { throw WeightFormatError.unsupported("the archive has a name that is neither ASCII nor UTF-8") }
        return name
    }

    private static func method(_ number: UInt16, flags: UInt16, name: String) throws -> ZipEntry.Method {
        // Bits 0, 6 and 13: encryption.
        guard flags & 0x2041 == 0 else {
            throw WeightFormatError.unsupported("the archive entry \(name.prefix(80)) is encrypted")
        }
        switch number {
        case 0: return .stored
        case 8: return .deflated
        default:
            throw WeightFormatError.unsupported(
                "the archive entry \(name.prefix(80)) has compression method \(number); stored and deflate are read")
        }
    }

    /// Takes from the zip64 field what the record itself had no room for, in the order of APPNOTE 4.5.3.
    private static func resolve(
        unpacked: UInt32, packed: UInt32, offset: UInt32, extra: UnsafeRawBufferPointer
    ) throws -> (unpacked: Int, packed: Int, offset: Int) {
        var cursor = ByteCursor(extra)
        var field: ByteCursor?
        while cursor.left >= 4 {
            let kind = try cursor.next(UInt16.self)
            let body = try cursor.next(Int(try cursor.next(UInt16.self)))
            if kind == 1, field == nil { field = ByteCursor(body) }
        }
        func resolve(_ short: UInt32) throws -> Int {
            guard short == .max else { return Int(short) }
            guard let long = try field?.next(UInt64.self), let value = Int(exactly: long) else {
                throw WeightFormatError.malformed("a size in the archive's directory is missing or too large")
            }
            return value
        }
        return (try resolve(unpacked), try resolve(packed), try resolve(offset))
    }
}
