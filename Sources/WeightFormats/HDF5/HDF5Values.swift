import RegistryTypes

/// Values that are no tensor: those of an attribute, and texts.
struct HDF5Values {
    private let datatype: HDF5Datatype
    /// The dimensions; nil for none at all.
    private let shape: [Int]?
    private let data: UnsafeRawBufferPointer
    private let count: Int

    /// Takes as many elements as the shape says; more bytes may follow.
    init(_ datatype: HDF5Datatype, _ shape: [Int]?, _ data: UnsafeRawBufferPointer) throws {
        self.datatype = datatype
        self.shape = shape
        count = try shape.map { try TensorShape(dtype: .uint8, dimensions: $0).elementCount } ?? 0
        guard count <= data.count / datatype.size else { throw HDF5Bytes.malformed("values are missing") }
        self.data = data
    }

    /// The values in words, by which they are compared.
    func description(_ heap: inout HDF5GlobalHeap) throws -> String {
        let shape = shape.map { "\($0)" } ?? "null"
        if let texts = try texts(&heap) {
            return "\(shape) \(texts.map(\.debugDescription).joined(separator: " "))"
        }
        guard case .number(let type, let bigEndian) = datatype else { return shape }
        var bytes = Array(data.prefix(count * type.byteCount))
        if bigEndian { bytes.withUnsafeMutableBytes { ByteOrder.swap($0, elementSize: type.byteCount) } }
        let text = bytes.count <= 32 ? Hex.encode(bytes) : bytes.withUnsafeBytes { StructureItem("", bytes: $0).value }
        return "\(type.rawValue) \(shape) \(text)"
    }

    /// The texts; nil if the values are numbers.
    func texts(_ heap: inout HDF5GlobalHeap) throws -> [String]? {
        switch datatype {
        case .number: return nil
        case .text(let size):
            return try (0..<count).map { index in
                try heap.charge(size)
                let field = data[index * size..<(index + 1) * size]
                return try Self.text(UnsafeRawBufferPointer(rebasing: field.prefix { $0 != 0 }))
            }
        case .variableText:
            return try (0..<count).map { index in
                var cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: data[(16 * index)..<(16 * index + 16)]))
                let length = Int(try cursor.next(UInt32.self))
                let address = try cursor.next(UInt64.self)
                let number = try cursor.next(UInt32.self)
                try heap.charge(length + 16)
                guard length > 0 else { return "" }
                let object = try heap.object(address, number)
                guard length <= object.count else { throw HDF5Bytes.malformed("a text is longer than its place") }
                return try Self.text(UnsafeRawBufferPointer(rebasing: object[..<length].prefix { $0 != 0 }))
            }
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HDF5Bytes.unsupported("texts that are not UTF-8")
        }
        return text
    }
}
