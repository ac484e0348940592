/// A named argument of a node (`AttributeProto`).
struct ONNXAttribute {
    /// What it holds.
    enum Content {
        /// One value, or a list of integers or texts, in words.
        case scalar(String)
        /// Little-endian floats.
        case floats([UInt8])
        case tensors([MappedSlice], isList: Bool)
        case graphs([MappedSlice], isList: Bool)
    }

    let name: String
    let content: Content

    /// Reads the message; throws if it holds values of two types, of which readers would take different ones.
    init(_ message: MappedSlice) throws {
        var (name, reference) = ("", String?.none)
        var type = 0
        var values: [Int: [ProtobufField]] = [:]
        var floats: [UInt8] = []
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 13: break
            case 20: type = Int(try field.integer())
            case 21: reference = try field.text()
            case 7:
                try Self.append(field, to: &floats)
                values[7] = []
            default: values[field.number, default: []].append(field)
            }
        }
        self.name = name
        if let reference, values.isEmpty {
            content = .scalar("the attribute \(reference) of the function")
            return
        }
        let expected = Self.fields[type]
        guard reference == nil, values.count <= 1, values.isEmpty || expected == nil || values[expected ?? 0] != nil
        else { throw WeightFormatError.malformed("the attribute \(name.prefix(80)) holds values of two types") }
        guard let number = values.keys.first ?? expected else {
            throw WeightFormatError.malformed("the attribute \(name.prefix(80)) has neither a type nor a value")
        }
        content = number == 7 ? .floats(floats) : try Self.content(number, values[number] ?? [], name)
    }

    /// The field of each `AttributeType`.
    private static let fields = [
        1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 22, 12: 23, 13: 14, 14: 15,
    ]

    private static func content(_ number: Int, _ values: [ProtobufField], _ name: String) throws -> Content {
        switch number {
        case 2:
            guard let last = values.last else { return .scalar("0.0") }
            guard case .fixed32(let bits) = last.value else { throw last.unexpected() }
            return .scalar("\(Float(bitPattern: bits))")
        case 3: return .scalar("\(try values.last?.integer() ?? 0)")
        case 4: return .scalar(try values.last.map(text) ?? text([]))
        case 8: return .scalar("[\(try values.flatMap(integers).map(\.description).joined(separator: " "))]")
        case 9: return .scalar("[\(try values.map(text).joined(separator: " "))]")
        case 5, 10: return .tensors(try values.map { try $0.slice() }, isList: number == 10)
        case 6, 11: return .graphs(try values.map { try $0.slice() }, isList: number == 11)
        case 22, 23:
            throw WeightFormatError.unsupported(
                "the attribute \(name.prefix(80)) is a sparse tensor, which is not read; save a dense one")
        default:
            let bytes = try values.map { field in
                let slice = try field.slice()
                return StructureItem("", bytes: try slice.bytes(0..<slice.count)).value
            }
            return .scalar("field \(number): \(bytes.joined(separator: " "))")
        }
    }

    /// A text in quotes; bytes that are no text are told by their digest.
    static func text(_ field: ProtobufField) throws -> String {
        let slice = try field.slice()
        return text(Array(try slice.bytes(0..<slice.count)))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.count <= WeightLimits.protobufText, let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.withUnsafeBytes { StructureItem("", bytes: $0).value }
        }
        return text.debugDescription
    }

    private static func integers(_ field: ProtobufField) throws -> [Int64] {
        guard case .bytes(let slice) = field.value else { return [try field.integer()] }
        var reader = try ProtobufReader(slice)
        var values: [Int64] = []
        while !reader.isAtEnd { values.append(Int64(bitPattern: try reader.varint())) }
        return values
    }

    private static func append(_ field: ProtobufField, to floats: inout [UInt8]) throws {
        switch field.value {
        case .fixed32(let bits): withUnsafeBytes(of: bits.littleEndian) { floats.append(contentsOf: $0) }
        case .bytes(let slice) where slice.count % 4 == 0:
            floats.append(contentsOf: try slice.bytes(0..<slice.count))
        default: throw field.unexpected()
        }
    }
}
