/// A range of a mapped file that is known to lie inside it.
struct MappedSlice: Sendable {
    let file: MappedFile
    let range: Range<Int>

    /// Takes a range; throws `invalid-range` if it does not lie inside the file.
    init(_ file: MappedFile, _ range: Range<Int>) throws {
        _ = try file.bytes(range)
        self.file = file
        self.range = range
    }

    /// The length in bytes.
    var count: Int { range.count }

    /// The bytes of a range counted from the slice's own beginning, valid as long as the file object lives.
    func bytes(_ part: Range<Int>) throws -> UnsafeRawBufferPointer {
        guard part.lowerBound >= 0, part.upperBound <= count else {
            throw WeightFormatError.malformed("bytes \(part) lie outside their part of \(count) bytes")
        }
        return try file.bytes(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }

    /// Gives back the memory of a range counted from the slice's own beginning.
    func release(_ part: Range<Int>) {
        file.release(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }

    /// The part from an offset on; throws if that is outside.
    func from(_ offset: Int) throws -> MappedSlice {
        guard (0...count).contains(offset) else {
            throw WeightFormatError.malformed("byte \(offset) lies outside its part of \(count) bytes")
        }
        return try MappedSlice(file, range.lowerBound + offset..<range.upperBound)
    }

    /// So many bytes from the beginning; throws if there are fewer.
    func first(_ length: Int) throws -> MappedSlice {
        guard (0...count).contains(length) else {
            throw WeightFormatError.malformed("\(length) bytes are more than their part of \(count) bytes")
        }
        return try MappedSlice(file, range.lowerBound..<range.lowerBound + length)
    }
}
