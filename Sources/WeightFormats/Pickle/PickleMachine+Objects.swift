extension PickleMachine {
    /// Names of classes and functions, and records of what Python would call.
    mutating func construct(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .global: push(try global())
        case .stackGlobal:
            let (name, module) = (try pop(), try pop())
            guard let module = graph.text(module), let name = graph.text(name) else {
                throw malformed("names a class by something that is no text")
            }
            push(try graph.add(global: "\(module).\(name)"))
        case .reduce, .newObj: try call(with: try pop())
        case .newObjEx:
            let keywords = try pop()
            try call(with: try pop())
            graph.append(PickleNode.PartTag.keywords, keywords, to: try top())
        case .inst:
            let arguments = Array(try popToMark())
            push(try global())
            try call(with: try graph.add(PickleNode(kind: .tuple, children: arguments)))
        case .obj:
            let values = try popToMark()
            guard let callee = values.first else { throw malformed("makes an object of no class") }
            push(callee)
            try call(with: try graph.add(PickleNode(kind: .tuple, children: Array(values.dropFirst()))))
        case .build: try build()
        case .persID:
            let (start, count) = (cursor.offset, try line().count)
            let id = try graph.add(PickleNode(kind: .text, first: start, second: count))
            push(try graph.add(PickleNode(kind: .persistent, first: Int(id))))
        default: push(try graph.add(PickleNode(kind: .persistent, first: Int(try pop()))))
        }
    }

    private mutating func global() throws -> Int32 {
        let (module, name) = (try line(), try line())
        guard let module = String(validating: module, as: UTF8.self), let name = String(validating: name, as: UTF8.self)
        else { throw malformed("names a class by something that is no text") }
        return try graph.add(global: "\(module).\(name)")
    }

    private mutating func call(with arguments: Int32) throws {
        guard graph[arguments].kind == .tuple else {
            throw malformed("calls something with arguments that are no tuple")
        }
        let callee = try pop()
        push(
            try latin1(callee, arguments)
                ?? graph.add(PickleNode(kind: .object, first: Int(callee), second: Int(arguments))))
    }

    /// Bytes in protocols before 3: `_codecs.encode(text, "latin1")`, `bytearray(text, "latin-1")`.
    private func latin1(_ callee: Int32, _ arguments: Int32) throws -> Int32? {
        let values = graph[arguments].children
        switch graph.name(callee) {
        case "_codecs.encode" where values.count == 2, "builtins.bytearray" where values.count == 2:
            guard graph[values[0]].kind == .text, let encoding = graph.text(values[1]),
                encoding == "latin1" || encoding == "latin-1"
            else { return nil }
            guard let text = String(validating: try graph.bytes(graph[values[0]]), as: UTF8.self),
                text.unicodeScalars.allSatisfy({ $0.value < 256 })
            else { throw malformed("has bytes that are not Latin-1") }
            return try graph.add(.bytes, converted: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        case "builtins.bytes" where values.isEmpty: return try graph.add(.bytes, converted: [])
        default: return nil
        }
    }

    private mutating func build() throws {
        let state = try pop()
        let object = try top()
        guard graph[object].kind == .object else {
            // A state for something that is only named, or for a storage: nothing that Assay reads has one.
            throw WeightFormatError.unsupported("the pickle gives a state to something that is no object")
        }
        graph.append(PickleNode.PartTag.state, state, to: object)
        if let array = try readInlineArray(object) {
            _ = try pop()
            push(array)
        }
    }
}
