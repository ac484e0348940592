/// The operation of a node or function, and the names of the values that go in and come out.
struct ONNXNames {
    private(set) var operation = ""
    private var inputs: [String] = []
    private var outputs: [String] = []

    /// Reads the named fields of a `NodeProto` or `FunctionProto`, of which the numbers are given.
    init(_ message: MappedSlice, name: Int, domain: Int, inputs: Int, outputs: Int, overload: Int) throws {
        var (operator_, prefix, variant) = ("", "", "")
        var reader = try ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case name: operator_ = try field.text()
            case domain: prefix = try field.text()
            case overload: variant = try field.text()
            case inputs: self.inputs.append(Self.quoted(try field.text()))
            case outputs: self.outputs.append(Self.quoted(try field.text()))
            default: break
            }
        }
        operation =
            (prefix.isEmpty || prefix == "ai.onnx" ? "" : prefix + ".") + operator_
            + (variant.isEmpty ? "" : ":" + variant)
    }

    /// Such as `Gemm(x, w, b) -> y`.
    var description: String {
        "\(operation)(\(inputs.joined(separator: ", "))) -> \(outputs.joined(separator: ", "))"
    }

    /// A name in quotes if it could be taken for more than one.
    static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            byte > 0x20 && ![0x22, 0x28, 0x29, 0x2C, 0x5C].contains(byte)
        }
        return isPlain ? name : name.debugDescription
    }
}
