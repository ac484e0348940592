/// A zip archive whose files are wanted as they are, such as a Python wheel.
package struct ZipArchive: Sendable {
    /// A file of an archive.
    package struct Member: Sendable {
        fileprivate let entry: ZipEntry

        /// Where it belongs, as the archive says; a folder's ends with a slash. Not to be trusted as a path.
        package var name: String { entry.name }
        /// The length of its bytes.
        package var size: Int { entry.unpackedSize }
    }

    /// Every entry, in the order of the directory.
    package let members: [Member]

    /// Reads and checks the directory; throws as `ZipDirectory` does.
    package init(path: String) throws {
        members = try ZipDirectory(MappedFile(path: path)).entries.map(Member.init)
    }

    /// Hands out the bytes of a member piece by piece; throws if they do not have their length and CRC-32.
    package func read(_ member: Member, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let entry = member.entry
        guard entry.method == .deflated else {
            // Their sum was checked with the directory.
            for piece in Self.pieces(entry.packed.count) { try body(entry.packed.bytes(piece)) }
            return
        }
        let (inflater, buffer) = (
            try Inflater(entry), ScratchBuffer(count: min(entry.unpackedSize, WeightLimits.chunk))
        )
        for piece in Self.pieces(entry.unpackedSize) {
            let part = buffer.prefix(piece.count)
            try inflater.fill(part)
            try body(UnsafeRawBufferPointer(part))
        }
        try inflater.finish()
    }

    private static func pieces(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: WeightLimits.chunk).map { $0..<min($0 + WeightLimits.chunk, count) }
    }
}
