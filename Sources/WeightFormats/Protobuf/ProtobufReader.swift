/// Goes through the fields of one message, in the order of the file (protobuf.dev, "Encoding").
///
/// Nothing is copied and nothing is looked into: a message inside is a part of the file, to be read by another reader.
struct ProtobufReader {
    private let slice: MappedSlice
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// Begins with the first field of the message that a part of the file holds.
    init(_ slice: MappedSlice) throws {
        self.slice = slice
        bytes = try slice.bytes(0..<slice.count)
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws -> ProtobufField? {
        guard offset < bytes.count else { return nil }
        let tag = try varint()
        let number = Int(truncatingIfNeeded: tag >> 3)
        guard tag <= UInt64(UInt32.max), number > 0 else { throw Self.malformed("has a field without a number") }
        switch tag & 7 {
        case 0: return ProtobufField(number: number, value: .varint(try varint()))
        case 1: return ProtobufField(number: number, value: .fixed64(try fixed(UInt64.self)))
        case 2: return ProtobufField(number: number, value: .bytes(try delimited()))
        case 5: return ProtobufField(number: number, value: .fixed32(try fixed(UInt32.self)))
        default: throw Self.malformed("has a field of the wire type \(tag & 7)")
        }
    }

    /// A number of up to 64 bits, 7 in each byte.
    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < bytes.count else { throw Self.malformed("ends in the middle of a number") }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard shift < 63 || byte < 2 else { break }
                return value
            }
        }
        throw Self.malformed("has a number of more than 64 bits")
    }

    /// Whether the end has been reached.
    var isAtEnd: Bool { offset >= bytes.count }

    private mutating func fixed<Bits: FixedWidthInteger>(_: Bits.Type) throws -> Bits {
        let size = MemoryLayout<Bits>.size
        guard bytes.count - offset >= size else { throw Self.malformed("ends in the middle of a number") }
        defer { offset += size }
        return Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self))
    }

    private mutating func delimited() throws -> MappedSlice {
        let length = try varint()
        guard length <= UInt64(bytes.count - offset) else {
            throw Self.malformed("has a field of \(length) bytes, of which \(bytes.count - offset) are there")
        }
        defer { offset += Int(length) }
        let start = slice.range.lowerBound + offset
        return try MappedSlice(slice.file, start..<start + Int(length))
    }

    private static func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("a protobuf message \(what); the file may be cut off or of another kind")
    }
}
