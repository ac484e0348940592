/// One field of a message in protobuf's wire format.
struct ProtobufField {
    /// A value as it stands on the wire; what it means is the schema's business.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(MappedSlice)
    }

    /// The field's number in the schema.
    let number: Int
    let value: Value

    /// The value as an integer of 64 bits.
    func integer() throws -> Int64 {
        guard case .varint(let bits) = value else { throw unexpected() }
        return Int64(bitPattern: bits)
    }

    /// The value as a part of the file: a message, or bytes.
    func slice() throws -> MappedSlice {
        guard case .bytes(let slice) = value else { throw unexpected() }
        return slice
    }

    /// The value as text of at most 64 KiB.
    func text() throws -> String {
        let slice = try slice()
        guard slice.count <= WeightLimits.protobufText,
            let text = String(validating: try slice.bytes(0..<slice.count), as: UTF8.self)
        else { throw WeightFormatError.malformed("field \(number) of a message is no text of at most 64 KiB") }
        return text
    }

    /// The error of a field that has not the type that the schema says.
    func unexpected() -> any Error {
        WeightFormatError.malformed("field \(number) of a message has another type than the format says")
    }
}
