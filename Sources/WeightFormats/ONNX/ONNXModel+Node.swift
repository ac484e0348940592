import RegistryTypes

extension ONNXModel {
    /// Reads a `NodeProto`: the operator with its wiring is an item, and so is every attribute that is no tensor.
    mutating func read(node: MappedSlice, name: String, depth: Int) throws {
        let names = try ONNXNames(node, name: 4, domain: 7, inputs: 1, outputs: 2, overload: 8)
        try builder.add(StructureItem(name, names.description))
        var reader = try ProtobufReader(node)
        var counts: [Int: Int] = [:]
        while let field = try reader.next() {
            switch field.number {
            // The name, the documentation and the metadata of the node do not count.
            case 1, 2, 3, 4, 6, 7, 8, 9: break
            case 5: try read(attribute: try field.slice(), of: name, depth: depth)
            default: try other(field, name, &counts)
            }
        }
    }

    /// Reads an `AttributeProto` of a node or function.
    mutating func read(attribute message: MappedSlice, of owner: String, depth: Int) throws {
        let attribute = try ONNXAttribute(message)
        let name = "\(owner).\(attribute.name)"
        switch attribute.content {
        case .scalar(let text): try builder.add(StructureItem(name, text))
        case .floats(let bytes):
            try bytes.withUnsafeBytes { try builder.add(name, .float32, [bytes.count / 4], $0) }
        case .tensors(let messages, let isList):
            if isList { try builder.add(StructureItem(name, "\(messages.count) tensors")) }
            for (index, message) in messages.enumerated() {
                try ONNXTensor(message).add(to: &builder, as: isList ? "\(name)[\(index)]" : name)
            }
        case .graphs(let messages, let isList):
            try builder.add(StructureItem(name, "\(messages.count) graphs"))
            for (index, message) in messages.enumerated() {
                let path = isList ? "\(name)[\(index)]." : "\(name)."
                try read(graph: message, path: path, depth: depth + 1)
            }
        }
    }
}
