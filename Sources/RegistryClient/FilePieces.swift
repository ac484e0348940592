import NIOCore

/// Bytes of a file as the body of a request, a mebibyte at a time.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let file: LocalFile
    /// Which of its bytes.
    let range: Range<Int64>
    /// Told the number of bytes handed over so far.
    let progress: @Sendable (Int64) -> Void

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

    /// Opens the file at the first step, and never hands over more than was hashed.
    struct Iterator: AsyncIteratorProtocol {
        let pieces: FilePieces
        private var open: OpenFile?
        private var offset: Int64 = 0

        init(pieces: FilePieces) { self.pieces = pieces }

        mutating func next() async throws -> ByteBuffer? {
            let source = try open ?? OpenFile(pieces.file.url)
            open = source
            let rest = Int64(pieces.range.count) - offset
            guard rest > 0 else { return nil }
            let piece = try source.read(
                at: pieces.range.lowerBound + offset, count: Int(Swift.min(rest, Int64(LocalFile.pieceSize))))
            guard piece.readableBytes > 0 else { throw pieces.file.changed }
            offset += Int64(piece.readableBytes)
            pieces.progress(offset)
            return piece
        }
    }
}
