extension PickleGraph {
    /// A value; every index that a graph holds is one of its own.
    subscript(_ id: Int32) -> PickleNode { nodes[Int(id)] }

    /// The text of a value that is one, not longer than a name may be.
    func text(_ id: Int32) -> String? {
        let node = self[id]
        guard node.kind == .text, node.second <= WeightLimits.name else { return nil }
        return (try? bytes(node)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The number of a value that is an integer of at most 64 bits.
    func integer(_ id: Int32) -> Int? {
        let node = self[id]
        return node.kind == .integer ? node.first : nil
    }

    /// The elements of a tuple or list.
    func elements(_ id: Int32) -> [Int32]? {
        let node = self[id]
        return node.kind == .tuple || node.kind == .list ? node.children : nil
    }

    /// The integers of a tuple, such as a shape; nil if something else is among them.
    func integers(_ id: Int32) -> [Int]? {
        guard let elements = elements(id), elements.count <= WeightLimits.dimensions else { return nil }
        let integers = elements.compactMap(integer)
        return integers.count == elements.count ? integers : nil
    }

    /// The dotted name of a class or function.
    func name(_ id: Int32) -> String? {
        let node = self[id]
        if node.kind == .persistent {
            // Old files of PyTorch hold classes of modules with their source: `("module", class, file, source)`.
            let parts = elements(Int32(node.first)) ?? []
            guard parts.count == 4, text(parts[0]) == "module", self[parts[1]].kind == .global else { return nil }
            return name(parts[1])
        }
        return node.kind == .global ? names[node.first] : nil
    }

    /// The name of what made an object, and with which arguments.
    func call(_ id: Int32) -> (name: String, arguments: [Int32])? {
        let node = self[id]
        guard node.kind == .object, let name = name(Int32(node.first)) else { return nil }
        return (name, self[Int32(node.second)].children)
    }

    /// The states that an object was given after its construction.
    func states(_ id: Int32) -> [Int32] {
        let parts = self[id].children
        guard self[id].kind == .object else { return [] }
        return stride(from: 0, to: parts.count - 1, by: 2).filter { parts[$0] == PickleNode.PartTag.state }.map {
            parts[$0 + 1]
        }
    }

    /// The value of a text key in a dictionary; the last one, as in Python.
    func value(_ key: String, of id: Int32) -> Int32? {
        guard self[id].kind == .dictionary else { return nil }
        let pairs = self[id].children
        return stride(from: pairs.count - 2, through: 0, by: -2).first { text(pairs[$0]) == key }.map { pairs[$0 + 1] }
    }

    /// The bytes of a value that is bytes, or was in Python 2.
    func data(_ id: Int32) throws -> MappedSlice? {
        let node = self[id]
        if node.kind == .bytes || node.kind == .text { return try slice(node) }
        guard let call = call(id), call.name == "builtins.bytearray", call.arguments.count == 1 else { return nil }
        let inner = self[call.arguments[0]]
        return inner.kind == .bytes ? try slice(inner) : nil
    }
}
