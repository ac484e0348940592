import RegistryTypes

/// The header of an array in NumPy's format (`numpy.lib.format`, versions 1.0, 2.0 and 3.0).
struct NpyHeader {
    static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

    /// How many bytes at the beginning of a file are enough for every header that is read.
    static let longestPrefix = 12 + WeightLimits.npyHeader

    /// The type and shape of the array.
    let size: TensorShape
    let bigEndian: Bool
    let fortranOrder: Bool
    /// The length of everything in front of the elements.
    let length: Int

    /// Reads the header at the beginning of the bytes, which may go on behind it.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.starts(with: Self.magic) else {
            throw WeightFormatError.malformed("this is not an npy array: it does not begin with \\x93NUMPY")
        }
        var cursor = ByteCursor(bytes)
        _ = try cursor.next(Self.magic.count)
        let version = (try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        let textLength: Int
        switch version {
        case (1, 0): textLength = Int(try cursor.next(UInt16.self))
        case (2, 0), (3, 0): textLength = Int(try cursor.next(UInt32.self))
        default:
            throw WeightFormatError.unsupported("npy version \(version.0).\(version.1) is not read; 1.0 to 3.0 are")
        }
        guard textLength <= WeightLimits.npyHeader else {
            throw WeightFormatError.unsupported(
                "the npy header has \(textLength) bytes; at most \(WeightLimits.npyHeader) are read")
        }
        let literal = try NpyHeaderLiteral(Array(try cursor.next(textLength)))
        let (dtype, bigEndian) = try Self.type(literal.descr)
        size = try TensorShape(dtype: dtype, dimensions: literal.shape)
        self.bigEndian = bigEndian
        // With fewer than two dimensions longer than one both orders are the same.
        fortranOrder = literal.fortranOrder && literal.shape.filter({ $0 != 1 }).count > 1 && size.elementCount > 0
        length = cursor.offset
    }

    /// Understands a type string: byte order, kind, and size in bytes.
    private static func type(_ descr: String) throws -> (ElementType, bigEndian: Bool) {
        guard let order = descr.first, let type = types[String(descr.dropFirst())] else { throw unsupported(descr) }
        switch order {
        case "<": return (type, false)
        case ">": return (type, type.byteCount > 1)
        case "|" where type.byteCount == 1: return (type, false)
        default: throw unsupported(descr)
        }
    }

    /// The supported types by kind and size.
    static let types: [String: ElementType] = [
        "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32,
        "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
    ]

    private static func unsupported(_ descr: String) -> RegistryError {
        let advice =
            descr.hasSuffix("O")
            ? "it holds Python objects, which only unpickling could read, and that runs code; save numbers"
            : "save booleans, integers or floating-point numbers of at most 64 bits"
        return WeightFormatError.unsupported("the npy dtype \"\(descr.prefix(40))\" is not read: \(advice)")
    }
}
