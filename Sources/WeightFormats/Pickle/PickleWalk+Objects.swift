import RegistryTypes

extension PickleWalk {
    /// Adds an object: what is known to be data by its numbers, anything else by its class, arguments and attributes.
    mutating func addObject(_ id: Int32, _ path: PicklePath) throws {
        guard let call = graph.call(id) else {
            // Something that a call gave is called in turn; no library of models does so.
            throw WeightFormatError.unsupported("\(path.name.prefix(80)) is made by something that has no name")
        }
        if try addArray(id, path) { return }
        if try addPyTorch(call.name, call.arguments, path) { return }
        if Self.dictionaries.contains(call.name) { return try addDictionary(id, call.name, call.arguments, path) }
        switch (call.name, call.arguments.count) {
        case ("builtins.bytearray", 1): try add(call.arguments[0], path)
        case ("builtins.set", 1), ("builtins.frozenset", 1), ("builtins.list", 1), ("builtins.tuple", 1):
            try addCollection(call.name, call.arguments[0], path)
        case ("copyreg._reconstructor", 3...), ("copyreg.__newobj__", 1...), ("copyreg.__newobj_ex__", 1...):
            let rest = call.name == "copyreg._reconstructor" ? call.arguments.dropFirst(2) : call.arguments.dropFirst()
            let state = rest.filter { graph[$0].kind != .none }
            try addInstance(id, graph.name(call.arguments[0]) ?? call.name, state, path)
        default: try addInstance(id, call.name, call.arguments, path)
        }
    }

    private static let dictionaries = ["collections.OrderedDict", "collections.defaultdict", "builtins.dict"]

    /// What only says how fast and where a model was trained, and with which version.
    private static let ignored: Set<String> = [
        "_sklearn_version", "n_jobs", "n_threads", "_n_threads", "nthread", "num_threads", "verbose", "verbosity",
        "_metadata", "refit_time_", "_deprecated_key_to_warnings",
    ]

    /// Libraries of which every attribute without an underscore in front or at the end is a parameter of the constructor.
    private static let conventional = ["sklearn.", "xgboost.", "lightgbm.", "imblearn."]

    private mutating func addCollection(_ name: String, _ elements: Int32, _ path: PicklePath) throws {
        guard name.hasSuffix("set"), let values = graph.elements(elements) else { return try add(elements, path) }
        try add(try graph.add(PickleNode(kind: .set, children: values)), path)
    }

    /// A dictionary of another class; Python 2 gives its items as an argument.
    private mutating func addDictionary(
        _ id: Int32, _ name: String, _ arguments: [Int32], _ path: PicklePath
    ) throws {
        if name != "collections.defaultdict", let items = arguments.first.flatMap(graph.elements) {
            for item in items {
                guard let pair = graph.elements(item), pair.count == 2 else {
                    throw WeightFormatError.unsupported("\(path.name.prefix(80)) is a dictionary that is not read")
                }
                try add(pair[1], try place(pair[0], path))
            }
        } else if graph[id].children.isEmpty, !path.text.isEmpty {
            try addItem(path.name, "{}")
        }
        try addParts(id, name, path)
    }

    private mutating func addInstance(
        _ id: Int32, _ className: String, _ arguments: [Int32], _ path: PicklePath
    ) throws {
        try addItem(path.key("__class__").name, className)
        if !arguments.isEmpty { try addSequence(arguments, path) }
        try addParts(id, className, path)
    }

    /// What was done to the object after its construction.
    private mutating func addParts(_ id: Int32, _ className: String, _ path: PicklePath) throws {
        let parts = graph[id].children
        var count = 0
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let part = parts[index + 1]
            switch parts[index] {
            case PickleNode.PartTag.element:
                try add(part, path.index("\(count)"))
                count += 1
            case PickleNode.PartTag.state, PickleNode.PartTag.keywords: try addState(part, className, path)
            default: try add(part, try place(parts[index], path))
            }
        }
    }

    /// A state is a dictionary of attributes; with slots a tuple of two; else whatever the class makes of it.
    private mutating func addState(_ id: Int32, _ className: String, _ path: PicklePath) throws {
        let node = graph[id]
        switch node.kind {
        case .none: break
        case .dictionary: try addAttributes(id, className, path)
        case .tuple
        where node.children.count == 2 && graph[node.children[1]].kind == .dictionary
            && (graph[node.children[0]].kind == .dictionary || graph[node.children[0]].kind == .none):
            for part in node.children { try addState(part, className, path) }
        default: try add(id, path.key("state"))
        }
    }

    private mutating func addAttributes(_ id: Int32, _ className: String, _ path: PicklePath) throws {
        let pairs = graph[id].children
        let isModule = isPyTorchModule(id)
        for index in stride(from: 0, to: pairs.count, by: 2) {
            let (key, value) = (pairs[index], pairs[index + 1])
            let name = graph.text(key) ?? ""
            if Self.ignored.contains(name) { continue }
            // The parameters of a recurrent layer once more.
            if isModule, name == "_flat_weights" { continue }
            if isModule, Self.moduleParts.contains(name), graph.isDictionary(value) {
                try addModulePart(value, path)
            } else {
                let isSetting =
                    isModule
                    || (!name.hasPrefix("_") && !name.hasSuffix("_")
                        && Self.conventional.contains { className.hasPrefix($0) })
                try add(value, try place(key, path), asSetting: isSetting)
            }
        }
    }
}
