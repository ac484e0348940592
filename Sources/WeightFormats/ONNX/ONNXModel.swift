/// Collects what an ONNX model holds, message by message (`ModelProto`, `GraphProto`, `FunctionProto`).
struct ONNXModel {
    var builder = WeightFileBuilder()

    /// How deep graphs may stand inside one another.
    private static let maximumDepth = 16

    /// Reads a `ModelProto`.
    mutating func read(_ message: MappedSlice) throws {
        var reader = try ProtobufReader(message)
        var graph: MappedSlice?
        var operatorSets: [String: Set<Int64>] = [:]
        var counts: [Int: Int] = [:]
        while let field = try reader.next() {
            switch field.number {
            // IR version, producer and its version, domain, model version, documentation, metadata.
            case 1, 2, 3, 4, 5, 6, 14: break
            case 7:
                guard graph == nil else { throw WeightFormatError.malformed("the ONNX model has two graphs") }
                graph = try field.slice()
            case 8: try addOperatorSet(try field.slice(), to: &operatorSets)
            case 25: try function(try field.slice())
            default: try other(field, "model", &counts)
            }
        }
        for (domain, versions) in operatorSets {
            let text = versions.sorted().map(\.description).joined(separator: " ")
            try builder.add(StructureItem("opset[\(domain)]", text))
        }
        guard let graph else { throw WeightFormatError.malformed("this is not an ONNX model: it has no graph") }
        try read(graph: graph, path: "", depth: 0)
    }

    /// Reads a `GraphProto`, whose names get a prefix.
    mutating func read(graph: MappedSlice, path: String, depth: Int) throws {
        guard depth < Self.maximumDepth else {
            throw WeightFormatError.unsupported("graphs stand more than \(Self.maximumDepth) deep inside one another")
        }
        var reader = try ProtobufReader(graph)
        var counts: [Int: Int] = [:]
        while let field = try reader.next() {
            switch field.number {
            // Name, documentation, inferred types, metadata.
            case 2, 10, 13, 16: break
            case 1:
                let name = "\(path)node[\(Self.count(1, &counts))]"
                try read(node: try field.slice(), name: name, depth: depth)
            case 5: try ONNXTensor(try field.slice()).add(to: &builder, path: path)
            case 11, 12:
                let kind = field.number == 11 ? "input" : "output"
                let value = try ONNXValueInfo(try field.slice())
                try builder.add(
                    StructureItem("\(path)\(kind)[\(Self.count(field.number, &counts))]", value.description))
            case 15:
                throw WeightFormatError.unsupported(
                    "the ONNX model has sparse initializers, which are not read; save dense ones")
            default: try other(field, "\(path)graph", &counts)
            }
        }
    }

    private func addOperatorSet(_ message: MappedSlice, to versions: inout [String: Set<Int64>]) throws {
        var (domain, version) = ("", Int64(0))
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 1 { domain = try field.text() }
            if field.number == 2 { version = try field.integer() }
        }
        // Both names of the default domain are in use, and skl2onnx writes both into one model.
        versions[domain.isEmpty ? "ai.onnx" : domain, default: []].insert(version)
    }

    private mutating func function(_ message: MappedSlice) throws {
        let names = try ONNXNames(message, name: 1, domain: 10, inputs: 4, outputs: 5, overload: 13)
        let path = "function[\(names.operation)]"
        try builder.add(StructureItem(path, names.description))
        var reader = try ProtobufReader(message)
        var counts: [Int: Int] = [:]
        while let field = try reader.next() {
            switch field.number {
            case 1, 4, 5, 8, 10, 12, 13, 14: break
            case 7: try read(node: try field.slice(), name: "\(path).node[\(Self.count(7, &counts))]", depth: 1)
            case 9: try other(field, path + ".opset", &counts)
            case 11: try read(attribute: try field.slice(), of: path, depth: 1)
            default: try other(field, path, &counts)
            }
        }
    }

    /// A field that this reader does not know counts by its bytes: it may change what the model computes.
    mutating func other(_ field: ProtobufField, _ path: String, _ counts: inout [Int: Int]) throws {
        let name = "\(path).field\(field.number)[\(Self.count(field.number, &counts))]"
        switch field.value {
        case .bytes(let slice): try builder.add(StructureItem(name, bytes: try slice.bytes(0..<slice.count)))
        case .varint(let bits), .fixed64(let bits): try builder.add(StructureItem(name, "\(bits)"))
        case .fixed32(let bits): try builder.add(StructureItem(name, "\(bits)"))
        }
    }

    private static func count(_ number: Int, _ counts: inout [Int: Int]) -> Int {
        defer { counts[number, default: 0] += 1 }
        return counts[number, default: 0]
    }
}
