import RegistryTypes

/// A type of numbers in UBJSON by its marker; all are big-endian.
enum UBJSONNumber: Character {
    case int8 = "i"
    case uint8 = "U"
    case int16 = "I"
    case int32 = "l"
    case int64 = "L"
    case float32 = "d"
    case float64 = "D"

    /// The type of a marker; nil for what is no number.
    init?(marker: UInt8) {
        self.init(rawValue: Character(Unicode.Scalar(marker)))
    }

    /// The type of a tensor of such numbers.
    var dtype: ElementType {
        switch self {
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        }
    }

    /// Reads one number.
    func read(_ cursor: inout ByteCursor) throws -> NumberLiteral {
        switch self {
        case .int8: .integer(Int64(try cursor.next(Int8.self)))
        case .uint8: .integer(Int64(try cursor.next(UInt8.self)))
        case .int16: .integer(Int64(try cursor.next(Int16.self).byteSwapped))
        case .int32: .integer(Int64(try cursor.next(Int32.self).byteSwapped))
        case .int64: .integer(try cursor.next(Int64.self).byteSwapped)
        case .float32: .float(Double(Float(bitPattern: try cursor.next(UInt32.self).byteSwapped)))
        case .float64: .float(Double(bitPattern: try cursor.next(UInt64.self).byteSwapped))
        }
    }
}
