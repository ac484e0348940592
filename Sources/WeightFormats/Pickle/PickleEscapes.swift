/// Undoes the two kinds of escapes in protocol 0.
enum PickleEscapes {
    /// The bytes of a string as Python 2 writes it.
    static func string(_ bytes: Slice<UnsafeRawBufferPointer>) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "x"): result.append(UInt8(try hex(&rest, 2)))
            case let other? where other == 0x5C || other == 0x27 || other == 0x22: result.append(other)
            default: throw WeightFormatError.malformed("the pickle has a string with an unknown escape")
            }
        }
        return result
    }

    /// The UTF-8 of text in Python's `raw-unicode-escape`.
    static func unicode(_ bytes: Slice<UnsafeRawBufferPointer>) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            var value = UInt32(byte)
            if byte == UInt8(ascii: "\\"), let kind = rest.first, kind == UInt8(ascii: "u") || kind == UInt8(ascii: "U")
            {
                rest.removeFirst()
                value = try hex(&rest, kind == UInt8(ascii: "u") ? 4 : 8)
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw WeightFormatError.malformed("the pickle has text that is no Unicode")
            }
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return result
    }

    private static func hex(_ rest: inout Slice<UnsafeRawBufferPointer>, _ count: Int) throws -> UInt32 {
        let digits = String(decoding: rest.prefix(count), as: UTF8.self)
        guard digits.utf8.count == count, let value = UInt32(digits, radix: 16) else {
            throw WeightFormatError.malformed("the pickle has an escape that is not hexadecimal")
        }
        rest = rest.dropFirst(count)
        return value
    }
}
