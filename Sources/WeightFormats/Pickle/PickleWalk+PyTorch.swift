import RegistryTypes

extension PickleWalk {
    /// Adds what PyTorch rebuilds tensors with; false if it is something else.
    mutating func addPyTorch(_ name: String, _ arguments: [Int32], _ path: PicklePath) throws -> Bool {
        switch name {
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3":
            try addTensor(name, arguments, path)
        case "torch._utils._rebuild_parameter" where !arguments.isEmpty: try add(arguments[0], path)
        case "torch._utils._rebuild_parameter_with_state" where arguments.count == 4:
            try add(arguments[0], path)
            try add(arguments[3], path.key("state"))
        case "torch._tensor._rebuild_from_type_v2" where arguments.count == 4:
            guard let function = graph.name(arguments[0]), let inner = graph.elements(arguments[2]),
                try addPyTorch(function, inner, path)
            else { throw Self.unreadable(path) }
        case "torch.device": break
        case _ where name.hasPrefix("torch.") && (name.contains("._rebuild") || name.contains("_load_from_bytes")):
            throw Self.unreadable(path)
        default: return false
        }
        return true
    }

    private static func unreadable(_ path: PicklePath) -> any Error {
        WeightFormatError.unsupported(
            "\(path.name.prefix(80)) is a sparse, quantised, complex or otherwise special tensor of PyTorch, which is not "
                + "read; save dense tensors with torch.save")
    }

    /// `(storage, offset, size, stride, requires_grad, hooks, …)`; offset and stride count elements.
    private mutating func addTensor(_ name: String, _ arguments: [Int32], _ path: PicklePath) throws {
        guard arguments.count >= 4, let offset = graph.integer(arguments[1]), offset >= 0,
            let dimensions = graph.integers(arguments[2]), let strides = graph.integers(arguments[3]),
            strides.count == dimensions.count
        else { throw Self.unreadable(path) }
        let extra = name.hasSuffix("_v3") ? 7 : 6
        if arguments.count > extra, !graph.isEmptyOrNone(arguments[extra]) { throw Self.unreadable(path) }
        let storage = try storage(arguments[0], path)
        let type =
            name.hasSuffix("_v3")
            ? PyTorchStorages.dtype(arguments.count > 6 ? graph.name(arguments[6]) : nil) : storage.dtype
        guard let type else { throw Self.unreadable(path) }
        let size = try TensorShape(dtype: type, dimensions: dimensions)
        let (start, overflow) = offset.multipliedReportingOverflow(by: type.byteCount)
        let byteStrides = strides.map { $0.multipliedReportingOverflow(by: type.byteCount) }
        guard !overflow, !byteStrides.contains(where: \.overflow), start <= storage.data.count || size.elementCount == 0
        else { throw WeightFormatError.malformed("\(path.name.prefix(80)) begins outside its storage") }
        try addTensor(
            path, size, strides: byteStrides.map(\.partialValue),
            data: size.elementCount == 0 ? storage.data : storage.data.from(start),
            bigEndian: storages?.bigEndian ?? false)
    }

    private func storage(_ id: Int32, _ path: PicklePath) throws -> (data: MappedSlice, dtype: ElementType?) {
        guard let storages, graph[id].kind == .persistent else {
            throw WeightFormatError.unsupported(
                "\(path.name.prefix(80)) refers to data outside the pickle, which only its writer knows")
        }
        guard let reference = PyTorchReference(Int32(graph[id].first), in: graph) else { throw Self.unreadable(path) }
        return (try storages.data(of: reference), reference.dtype)
    }

    /// Adds a storage that stands by itself.
    mutating func addStorage(_ id: Int32, _ path: PicklePath) throws {
        let (data, dtype) = try storage(id, path)
        guard let dtype else { throw Self.unreadable(path) }
        try addTensor(
            path, TensorShape(dtype: dtype, dimensions: [data.count / dtype.byteCount]), strides: [dtype.byteCount],
            data: data, bigEndian: storages?.bigEndian ?? false)
    }

    // MARK: - Modules

    /// The dictionaries of a module whose items `state_dict` names without them.
    static let moduleParts: Set<String> = ["_parameters", "_buffers", "_modules"]

    /// Whether attributes are those of a `torch.nn.Module`.
    func isPyTorchModule(_ attributes: Int32) -> Bool {
        Self.moduleParts.allSatisfy { graph.value($0, of: attributes) != nil }
    }

    /// Adds parameters, buffers or modules right under the module.
    mutating func addModulePart(_ dictionary: Int32, _ path: PicklePath) throws {
        let pairs = graph[dictionary].children
        for index in stride(from: 0, to: pairs.count - 1, by: 2) where pairs[index] >= 0 {
            try add(pairs[index + 1], try place(pairs[index], path))
        }
    }
}

extension PickleGraph {
    /// Whether a value is a dictionary, an ordered one included.
    func isDictionary(_ id: Int32) -> Bool {
        if self[id].kind == .dictionary { return true }
        guard let call = call(id) else { return false }
        return call.name == "collections.OrderedDict" && call.arguments.isEmpty
    }

    /// Whether a value says nothing.
    func isEmptyOrNone(_ id: Int32) -> Bool {
        self[id].kind == .none || (isDictionary(id) && self[id].children.isEmpty)
    }
}
