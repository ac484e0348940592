extension PickleGraph {
    /// A value in words by which two of them can be compared, if it is a single one or a tuple of such.
    func description(_ id: Int32) -> String? { description(id, inTuple: false) }

    private func description(_ id: Int32, inTuple: Bool) -> String? {
        let node = self[id]
        switch node.kind {
        case .none: return "None"
        case .yes: return "True"
        case .no: return "False"
        case .integer, .float: return PickleWalk.description(ofNumber: node)
        case .bigInteger:
            let digits = try? bytes(node).reversed().map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
            return digits.map { "0x" + $0.joined() }
        case .text: return text(id).map { "\"\($0)\"" }
        case .global: return names[node.first]
        case .tuple where !inTuple && node.children.count <= 16:
            let parts = node.children.compactMap { description($0, inTuple: true) }
            return parts.count == node.children.count ? "(\(parts.joined(separator: ", ")))" : nil
        default: return nil
        }
    }
}
