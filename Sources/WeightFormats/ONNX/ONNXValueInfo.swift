/// An input or output of a graph: its name and, for a tensor, element type and shape (`ValueInfoProto`).
struct ONNXValueInfo {
    /// Such as `x: type 1 [?, 4]`; names of open dimensions do not count.
    let description: String

    /// Reads the message.
    init(_ message: MappedSlice) throws {
        var (name, type) = ("", "no type")
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2: type = try Self.type(try field.slice())
            default: break
            }
        }
        description = "\(ONNXNames.quoted(name)): \(type)"
    }

    private static func type(_ message: MappedSlice) throws -> String {
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 1 { return try tensorType(try field.slice()) }
        }
        return StructureItem("", bytes: try message.bytes(0..<message.count)).value
    }

    private static func tensorType(_ message: MappedSlice) throws -> String {
        var (element, shape) = (Int64(0), "of any shape")
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 1 { element = try field.integer() }
            if field.number == 2 { shape = "[\(try dimensions(try field.slice()).joined(separator: ", "))]" }
        }
        return "\(ONNXElementType(rawValue: element)?.name ?? "type \(element)") \(shape)"
    }

    private static func dimensions(_ message: MappedSlice) throws -> [String] {
        var dimensions: [String] = []
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            var dimension = try ProtobufReader(try field.slice())
            var text = "?"
            while let part = try dimension.next() {
                if part.number == 1 { text = "\(try part.integer())" }
            }
            dimensions.append(text)
        }
        return dimensions
    }
}
