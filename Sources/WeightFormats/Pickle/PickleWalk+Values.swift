import RegistryTypes

extension PickleWalk {
    /// A number of Python's own is a tensor without dimensions, or a setting.
    mutating func addNumber(_ node: PickleNode, _ path: PicklePath, asSetting: Bool) throws {
        guard !asSetting else { return try addItem(path.name, Self.description(ofNumber: node)) }
        var numbers = NumberList()
        try numbers.append(Self.literal(node))
        try claim(path.name)
        try builder.add(path.name, numbers, shape: [])
    }

    /// Text is compared exactly, unless it is a model that has a format of its own.
    mutating func addText(_ node: PickleNode, _ path: PicklePath) throws {
        try charge(node.second)
        let slice = try graph.slice(node)
        let bytes = try slice.bytes(0..<slice.count)
        guard !LightGBMText.recognises(Array(bytes.prefix(WeightLimits.headLength))) else {
            throw WeightFormatError.unsupported(
                "\(path.name.prefix(80)) is a LightGBM model inside the pickle; save it with Booster.save_model")
        }
        try claim(path.name)
        if let text = String(validating: bytes, as: UTF8.self) {
            try builder.add(StructureItem(path.name, "\"\(text)\""))
        } else {
            try builder.add(StructureItem(path.name, bytes: bytes))
        }
    }

    /// A few bytes are a value; many are a model in a form that only its library knows.
    mutating func addBytes(_ node: PickleNode, _ path: PicklePath) throws {
        guard node.second <= WeightLimits.pickleBytes else {
            throw WeightFormatError.unsupported(
                "\(path.name.prefix(80)) is \(node.second) bytes that only their library can read; save the model in the "
                    + "library's own format (XGBoost: save_model)")
        }
        let slice = try graph.slice(node)
        try claim(path.name)
        try builder.add(StructureItem(path.name, bytes: try slice.bytes(0..<slice.count)))
    }

    /// The number of an integer or float.
    static func literal(_ node: PickleNode) -> NumberLiteral {
        node.kind == .integer
            ? .integer(Int64(node.first)) : .float(Double(bitPattern: UInt64(truncatingIfNeeded: node.first)))
    }

    /// The number of an integer or float in words.
    static func description(ofNumber node: PickleNode) -> String {
        node.kind == .integer ? "\(node.first)" : "\(Double(bitPattern: UInt64(truncatingIfNeeded: node.first)))"
    }
}
