/// What the end of a zip archive says about its central directory (APPNOTE 4.3.14 to 4.3.16).
struct ZipEnd {
    /// The bytes of the central directory.
    let directory: Range<Int>
    /// The number of entries.
    let count: Int

    private static let recordSize = 22
    private static let locatorSize = 20
    private static let zip64Size = 56

    /// Finds the end record, which may stand in front of a comment of at most 65,535 bytes.
    init(_ file: MappedFile) throws {
        let start = try Self.find(file)
        var cursor = ByteCursor(try file.bytes(start..<start + Self.recordSize))
        _ = try cursor.next(UInt32.self)
        let disks = (try cursor.next(UInt16.self), try cursor.next(UInt16.self))
        let counts = (try cursor.next(UInt16.self), try cursor.next(UInt16.self))
        let size = try cursor.next(UInt32.self)
        let offset = try cursor.next(UInt32.self)
        if counts.1 == .max || size == .max || offset == .max {
            self = try Self(zip64: file, endsAt: start)
            return
        }
        guard disks == (0, 0), counts.0 == counts.1 else {
            throw WeightFormatError.unsupported("the archive is spread over several disks")
        }
        if UInt64(offset) + UInt64(size) < UInt64(start), try Self.hasLocator(file, endsAt: start) {
            // PyTorch always writes the zip64 record too; it has to say the same.
            let long = try Self(zip64: file, endsAt: start)
            guard long.directory == Int(offset)..<Int(offset) + Int(size), long.count == Int(counts.1) else {
                throw WeightFormatError.malformed("the archive's two end records contradict each other")
            }
            self = long
        } else {
            self = try Self(offset: UInt64(offset), size: UInt64(size), count: UInt64(counts.1), endsAt: start)
        }
    }

    private static func hasLocator(_ file: MappedFile, endsAt end: Int) throws -> Bool {
        guard end >= locatorSize else { return false }
        var cursor = ByteCursor(try file.bytes(end - locatorSize..<end))
        return try cursor.next(UInt32.self) == 0x0706_4B50
    }

    private static func find(_ file: MappedFile) throws -> Int {
        let newest = file.count - recordSize
        guard newest >= 0 else { throw WeightFormatError.malformed("the file is too short for a zip archive") }
        let oldest = max(0, newest - 65_535)
        let bytes = try file.bytes(oldest..<file.count)
        for start in stride(from: newest - oldest, through: 0, by: -1) {
            let signature = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
            guard UInt32(littleEndian: signature) == 0x0605_4B50 else { continue }
            let comment = bytes.loadUnaligned(fromByteOffset: start + 20, as: UInt16.self)
            if start + recordSize + Int(UInt16(littleEndian: comment)) == bytes.count { return oldest + start }
        }
        throw WeightFormatError.malformed("the zip archive has no end record: it is cut off, or not a zip archive")
    }

    private init(zip64 file: MappedFile, endsAt end: Int) throws {
        let place = end - Self.locatorSize
        var locator = ByteCursor(try file.bytes(max(0, place)..<end))
        guard place >= 0, try locator.next(UInt32.self) == 0x0706_4B50 else {
            throw WeightFormatError.malformed("the archive's zip64 locator is missing")
        }
        let disk = try locator.next(UInt32.self)
        let offset = try locator.next(UInt64.self)
        let disks = try locator.next(UInt32.self)
        guard disk == 0, disks <= 1, offset <= UInt64(place), place - Int(offset) >= Self.zip64Size else {
            throw WeightFormatError.malformed("the archive's zip64 locator points outside it")
        }
        var cursor = ByteCursor(try file.bytes(Int(offset)..<Int(offset) + Self.zip64Size))
        guard try cursor.next(UInt32.self) == 0x0606_4B50 else {
            throw WeightFormatError.malformed("the archive's zip64 end record is missing")
        }
        _ = try cursor.next(8 + 2 + 2)
        let numbers = (try cursor.next(UInt32.self), try cursor.next(UInt32.self))
        let counts = (try cursor.next(UInt64.self), try cursor.next(UInt64.self))
        guard numbers == (0, 0), counts.0 == counts.1 else {
            throw WeightFormatError.unsupported("the archive is spread over several disks")
        }
        let size = try cursor.next(UInt64.self)
        self = try Self(offset: try cursor.next(UInt64.self), size: size, count: counts.1, endsAt: Int(offset))
    }

    private init(offset: UInt64, size: UInt64, count: UInt64, endsAt end: Int) throws {
        guard count <= UInt64(WeightLimits.zipEntries) else {
            throw WeightFormatError.unsupported(
                "the archive has \(count) entries; at most \(WeightLimits.zipEntries) are read")
        }
        // The directory ends where the end record begins, so an archive behind other data is not read.
        let (directoryEnd, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, directoryEnd == UInt64(end) else {
            throw WeightFormatError.malformed("the archive's directory does not end at its end record")
        }
        directory = Int(offset)..<end
        self.count = Int(count)
    }
}
