import RegistryTypes

/// One tensor of an ONNX model (`TensorProto`).
struct ONNXTensor {
    private var name = ""
    private var dimensions: [Int] = []
    private var type = Int64(0)
    private var raw: MappedSlice?
    /// Typed values by the number of their field.
    private var typed: [Int: [ProtobufField]] = [:]

    /// Reads the message.
    init(_ message: MappedSlice) throws {
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try add(dimension: field)
            case 2: type = try field.integer()
            case 4, 5, 6, 7, 10, 11: typed[field.number, default: []].append(field)
            case 8: name = try field.text()
            case 9:
                guard raw == nil else { throw malformed("has its data twice") }
                raw = try field.slice()
            // Documentation and metadata.
            case 12, 16: break
            case 14: if try field.integer() != 0 { throw external() }
            case 13: throw external()
            default: throw unsupported("has the field \(field.number)")
            }
        }
        guard typed.count + (raw == nil ? 0 : 1) <= 1 else { throw malformed("has its data twice") }
    }

    /// Adds an initializer by its own name.
    func add(to builder: inout WeightFileBuilder, path: String) throws {
        try add(to: &builder, as: path + name)
    }

    /// Adds the tensor by another name.
    func add(to builder: inout WeightFileBuilder, as name: String) throws {
        guard let type = ONNXElementType(rawValue: type) else { throw unsupported("has the element type \(type)") }
        guard typed.isEmpty || typed[type.field] != nil else { throw malformed("has data of another type") }
        if type == .string { return try addTexts(to: &builder, as: name) }
        let (dtype, shape) = try plain(type, name, &builder)
        if let slice = try unchanged(type) {
            let size = try TensorShape(dtype: dtype, dimensions: shape)
            try builder.add(Tensor(name: name, size: size, storage: TensorStorage(source: .mapped(slice))))
        } else {
            let bytes = try ONNXTypedValues.bytes(typed[type.field] ?? [], size: dtype.byteCount, field: type.field)
            try bytes.withUnsafeBytes { try builder.add(name, dtype, shape, $0) }
        }
    }

    /// The type and shape to compare with; elements without a plain type are bytes, and what they are is an item.
    private func plain(
        _ type: ONNXElementType, _ name: String, _ builder: inout WeightFileBuilder
    ) throws -> (ElementType, [Int]) {
        if let dtype = type.plain { return (dtype, dimensions) }
        guard let bits = type.bits else { throw unsupported("holds \(type.name) values") }
        let count = try TensorShape(dtype: .uint8, dimensions: dimensions).elementCount
        try builder.add(StructureItem(name, "\(type.name) \(dimensions)"))
        let (whole, rest) = count.quotientAndRemainder(dividingBy: 8 / bits)
        return (.uint8, [whole + (rest > 0 ? 1 : 0)])
    }

    /// The data, where it lies in the file as it has to be: raw, or packed numbers of fixed length.
    private func unchanged(_ type: ONNXElementType) throws -> MappedSlice? {
        if let raw { return raw }
        guard type == .float || type == .double, let fields = typed[type.field], fields.count == 1,
            case .bytes(let slice) = fields[0].value
        else { return nil }
        return slice
    }

    private func addTexts(to builder: inout WeightFileBuilder, as name: String) throws {
        guard raw == nil else { throw malformed("holds texts as raw data") }
        let texts = try (typed[6] ?? []).map(ONNXAttribute.text)
        try builder.add(StructureItem(name, "texts \(dimensions) \(texts.joined(separator: " "))"))
    }

    private mutating func add(dimension field: ProtobufField) throws {
        if case .bytes(let slice) = field.value {
            var reader = try ProtobufReader(slice)
            while !reader.isAtEnd { try add(Int64(bitPattern: try reader.varint())) }
        } else {
            try add(try field.integer())
        }
    }

    private mutating func add(_ dimension: Int64) throws {
        guard dimensions.count < WeightLimits.dimensions else { throw unsupported("has too many dimensions") }
        dimensions.append(Int(dimension))
    }

    private func external() -> any Error {
        unsupported("keeps its data in another file; save the model with its weights inside")
    }

    private func unsupported(_ what: String) -> any Error {
        WeightFormatError.unsupported("the ONNX tensor \(name.prefix(80)) \(what), which is not read")
    }

    private func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("the ONNX tensor \(name.prefix(80)) \(what)")
    }
}
