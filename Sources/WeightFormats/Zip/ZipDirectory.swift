/// The table of contents of a zip archive, read from its central directory (PKWARE APPNOTE 6.3.10, section 4.3).
///
/// Reads what NumPy and Python's `zipfile` write: stored and deflated entries, with or without zip64, on one disk.
/// Refuses what would make two readers see two different archives: entries that overlap, names that stand twice,
/// local headers that contradict the directory; and sizes that no deflate stream can have.
struct ZipDirectory {
    /// The entries in the order of the directory.
    let entries: [ZipEntry]

    /// Reads and checks the whole directory and the CRC-32 of every stored entry.
    ///
    /// That of a deflated entry is checked whenever it is unpacked. An archive may leave the sums out if
    /// `sumsAreOptional`: then all of them are 0, and none is checked.
    init(_ file: MappedFile, sumsAreOptional: Bool = false) throws {
        let end = try ZipEnd(file)
        var cursor = ByteCursor(try file.bytes(end.directory))
        var entries: [ZipEntry] = []
        for _ in 0..<end.count {
            let record = try ZipRecord(&cursor)
            entries.append(try record.entry(in: file, before: end.directory.lowerBound))
        }
        guard cursor.left == 0 else {
            throw WeightFormatError.malformed("the archive's directory is longer than its \(end.count) entries")
        }
        try Self.checkNames(entries)
        try Self.checkOverlaps(entries)
        try Self.checkRatio(entries)
        if !sumsAreOptional || entries.contains(where: { $0.checksum != 0 }) { try Self.checkSums(entries) }
        self.entries = entries
    }

    private static func checkSums(_ entries: [ZipEntry]) throws {
        for entry in entries where entry.method == .stored {
            guard try Checksum.of(entry.packed) == entry.checksum else {
                throw WeightFormatError.malformed(
                    "the archive entry \(entry.name.prefix(80)) has a wrong CRC-32: the file is damaged")
            }
        }
    }

    private static func checkNames(_ entries: [ZipEntry]) throws {
        var names: Set<[UInt8]> = []
        for entry in entries where !names.insert(Array(entry.name.utf8)).inserted {
            throw WeightFormatError.malformed("the archive has two entries called \(entry.name.prefix(80))")
        }
    }

    private static func checkOverlaps(_ entries: [ZipEntry]) throws {
        var end = 0
        for entry in entries.sorted(by: { $0.extent.lowerBound < $1.extent.lowerBound }) {
            guard entry.extent.lowerBound >= end else {
                throw WeightFormatError.malformed("the archive entry \(entry.name.prefix(80)) overlaps another one")
            }
            end = entry.extent.upperBound
        }
    }

    private static func checkRatio(_ entries: [ZipEntry]) throws {
        var (packed, unpacked) = (0, 0)
        for entry in entries {
            packed += entry.packed.count
            let (sum, overflow) = unpacked.addingReportingOverflow(entry.unpackedSize)
            guard !overflow else { throw WeightFormatError.malformed("the archive's sizes overflow 64 bits") }
            unpacked = sum
        }
        guard unpacked <= WeightLimits.zipFreeBytes || unpacked / WeightLimits.zipRatio <= packed else {
            throw WeightFormatError.unsupported(
                "the archive unpacks \(packed) bytes to \(unpacked), more than \(WeightLimits.zipRatio) times as "
                    + "many; save it uncompressed (numpy.savez)")
        }
    }
}
