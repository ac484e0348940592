/// Values of a tensor that stand in a typed field instead of raw data, as little-endian bytes.
enum ONNXTypedValues {
    /// Puts the values of one field together; each gets `size` bytes.
    ///
    /// Fields 4 and 10 hold floats and doubles, the others varints, of which the low bytes count.
    static func bytes(_ fields: [ProtobufField], size: Int, field: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            switch field.value {
            case .varint(let bits): try append(bits, size, to: &bytes)
            case .fixed32(let bits) where field.number == 4: append(UInt64(bits), 4, &bytes)
            case .fixed64(let bits) where field.number == 10: append(bits, 8, &bytes)
            case .bytes(let slice) where field.number == 4 || field.number == 10:
                bytes.append(contentsOf: try slice.bytes(0..<slice.count))
            case .bytes(let slice):
                var reader = try ProtobufReader(slice)
                while !reader.isAtEnd { try append(try reader.varint(), size, to: &bytes) }
            default: throw field.unexpected()
            }
            guard bytes.count <= WeightLimits.converted else {
                throw WeightFormatError.unsupported(
                    "a tensor holds more than \(WeightLimits.converted >> 20) MiB that are not raw; save raw_data")
            }
        }
        return bytes
    }

    /// Appends a number that must fit into its size, with or without a sign.
    private static func append(_ bits: UInt64, _ size: Int, to bytes: inout [UInt8]) throws {
        // Older writers cut a negative 32-bit number to 32 bits.
        let wide = size < 8 && bits >> 32 == 0 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
        let width = Int64(8 * size)
        guard size == 8 || (wide < 1 << width && wide >= -(1 << (width - 1))) || bits >> width == 0 else {
            throw WeightFormatError.malformed("a tensor holds \(wide), which its element type cannot")
        }
        append(bits, size, &bytes)
    }

    private static func append(_ bits: UInt64, _ size: Int, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0.prefix(size)) }
    }
}
