import RegistryTypes
import Subprocess

/// The answers of one `git cat-file --batch` process, read piece by piece.
///
/// Source: git-cat-file(1), "BATCH OUTPUT": `<name> SP <type> SP <size> LF <content> LF`.
struct GitObjectStream {
    private var iterator: SubprocessOutputSequence.Iterator
    private var buffer: SubprocessOutputSequence.Buffer?
    private var offset = 0

    init(_ output: SubprocessOutputSequence) {
        iterator = output.makeAsyncIterator()
    }

    /// Reads the header of the next answer.
    ///
    /// - Throws: ``GitCaptureError/unknownObject(_:)`` when git does not have the object.
    mutating func header(expecting id: GitObjectID) async throws -> (type: GitObjectType, size: Int) {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            guard line.count < 256, let byte = try await byte() else { throw GitCaptureError.unknownObject(id.hex) }
            line.append(byte)
        }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[0] == id.hex, let type = GitObjectType(rawValue: String(words[1])),
            let size = Int(words[2]), size >= 0
        else { throw GitCaptureError.unknownObject(id.hex) }
        return (type, size)
    }

    /// Hands the content of the current answer to `consume` in pieces, and skips the newline after it.
    mutating func content(
        of id: GitObjectID, size: Int, consume: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        var rest = size
        while rest > 0 {
            guard let buffer = try await current() else { throw GitCaptureError.damagedObject(id.hex) }
            let count = min(rest, buffer.count - offset)
            let start = offset
            try buffer.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws -> Void in
                try consume(UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            }
            offset += count
            rest -= count
        }
        guard try await byte() == UInt8(ascii: "\n") else { throw GitCaptureError.damagedObject(id.hex) }
    }

    private mutating func byte() async throws -> UInt8? {
        guard let buffer = try await current() else { return nil }
        let start = offset
        offset += 1
        return buffer.withUnsafeBytes { $0[start] }
    }

    /// The buffer with unread bytes, or nil at the end of the output.
    private mutating func current() async throws -> SubprocessOutputSequence.Buffer? {
        if let buffer, offset < buffer.count { return buffer }
        offset = 0
        buffer = try await iterator.next()
        return buffer
    }
}
