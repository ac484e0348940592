import RegistryTypes

/// The type of a dataset's or an attribute's elements (specification, section IV.A.2.d).
enum HDF5Datatype {
    /// Numbers and truth values that Assay compares.
    case number(ElementType, bigEndian: Bool)
    /// Texts of a fixed number of bytes.
    case text(Int)
    /// Texts of any length, which lie in a global heap.
    case variableText

    /// The bytes that one element takes in the file.
    var size: Int {
        switch self {
        case .number(let type, _): type.byteCount
        case .text(let size): size
        case .variableText: 16
        }
    }

    /// Reads a datatype message and moves behind it.
    init(_ cursor: inout ByteCursor) throws {
        let head = try cursor.next(UInt8.self)
        let bits = (try cursor.next(UInt8.self), try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        let size = Int(try cursor.next(UInt32.self))
        guard size > 0 else { throw HDF5Bytes.malformed("a type has no size") }
        let isBig = bits.0 & 1 != 0
        switch head & 0x0F {
        case 0: self = .number(try Self.integer(&cursor, signed: bits.0 & 8 != 0, size: size), bigEndian: isBig)
        case 1: self = .number(try Self.float(&cursor, bits.0, sign: bits.1, size: size), bigEndian: isBig)
        case 3: self = .text(size)
        case 8: self = try Self.truth(&cursor, Int(bits.0) | Int(bits.1) << 8, version: head >> 4, size: size)
        // The base type, a character or a byte, follows and does not matter for a text.
        case 9 where bits.0 & 0x0F == 1 && size == 16: self = .variableText
        default: throw HDF5Bytes.unsupported("elements of the type class \(head & 0x0F)")
        }
    }

    private static func integer(_ cursor: inout ByteCursor, signed: Bool, size: Int) throws -> ElementType {
        let place = (try cursor.next(UInt16.self), try cursor.next(UInt16.self))
        let types: [Int: (ElementType, ElementType)] = [
            1: (.uint8, .int8), 2: (.uint16, .int16), 4: (.uint32, .int32), 8: (.uint64, .int64),
        ]
        guard let pair = types[size], place == (0, UInt16(8 * size)) else {
            throw HDF5Bytes.unsupported("integers of \(place.1) bits in \(size) bytes")
        }
        return signed ? pair.1 : pair.0
    }

    private static func float(
        _ cursor: inout ByteCursor, _ bits: UInt8, sign: UInt8, size: Int
    ) throws -> ElementType {
        let place = (try cursor.next(UInt16.self), try cursor.next(UInt16.self))
        let exponent = (try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        let mantissa = (try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        let bias = try cursor.next(UInt32.self)
        // The mantissa has a hidden leading one, the sign is the highest bit, and the bytes are in one of two orders.
        if place == (0, UInt16(clamping: 8 * size)), bits & 0x70 == 0x20, mantissa.0 == 0, Int(sign) == 8 * size - 1 {
            switch (size, exponent.0, exponent.1, mantissa.1, bias) {
            case (2, 10, 5, 10, 15): return .float16
            case (2, 7, 8, 7, 127): return .bfloat16
            case (4, 23, 8, 23, 127): return .float32
            case (8, 52, 11, 52, 1023): return .float64
            default: break
            }
        }
        throw HDF5Bytes.unsupported("floating-point numbers of \(size) bytes in an unusual layout")
    }

    /// h5py writes truth values as an enumeration of FALSE and TRUE over 8-bit integers.
    private static func truth(
        _ cursor: inout ByteCursor, _ members: Int, version: UInt8, size: Int
    ) throws -> HDF5Datatype {
        // Only an integer may stand below, so types do not stand inside one another any deeper.
        var base = cursor
        guard try base.next(UInt8.self) & 0x0F == 0, case .number(.int8, _) = try HDF5Datatype(&cursor), members == 2,
            size == 1
        else {
            throw HDF5Bytes.unsupported("enumerations")
        }
        var names: [[UInt8]] = []
        for _ in 0..<members {
            var name: [UInt8] = []
            while case let byte = try cursor.next(UInt8.self), byte != 0 { name.append(byte) }
            // Before version 3 names are filled up to a multiple of eight bytes.
            if version < 3 { _ = try cursor.next((8 - (name.count + 1) % 8) % 8) }
            names.append(name)
        }
        let values = (try cursor.next(UInt8.self), try cursor.next(UInt8.self))
        guard names == [Array("FALSE".utf8), Array("TRUE".utf8)], values == (0, 1) else {
            throw HDF5Bytes.unsupported("enumerations")
        }
        return .number(.bool, bigEndian: false)
    }
}
