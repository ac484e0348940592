import RegistryTypes

extension PickleWalk {
    /// A list of numbers is one tensor; every other list is taken apart.
    mutating func addSequence(_ elements: [Int32], _ path: PicklePath, asSetting: Bool = false) throws {
        if elements.isEmpty { return try addItem(path.name, "[]") }
        let isNumbers = elements.allSatisfy { graph[$0].kind == .integer || graph[$0].kind == .float }
        guard isNumbers, !asSetting else {
            for (index, element) in elements.enumerated() {
                try add(element, path.index("\(index)"), asSetting: asSetting)
            }
            return
        }
        visits += elements.count
        var numbers = NumberList()
        for element in elements { try numbers.append(Self.literal(graph[element])) }
        try claim(path.name)
        try builder.add(path.name, numbers, shape: [elements.count])
    }

    /// Adds the items of a dictionary by their keys.
    mutating func addPairs(_ pairs: [Int32], _ path: PicklePath, asSetting: Bool = false) throws {
        if pairs.isEmpty, !path.text.isEmpty { try addItem(path.name, "{}") }
        let isSearch = path.text.split(separator: ".").last == "cv_results_"
        for index in stride(from: 0, to: pairs.count, by: 2) {
            if isSearch, let key = graph.text(pairs[index]), Self.durations.contains(key) { continue }
            try add(pairs[index + 1], try place(pairs[index], path), asSetting: asSetting)
        }
    }

    /// What scikit-learn's searches for parameters say about how long they took.
    private static let durations: Set<String> = [
        "mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time",
    ]

    /// The path of a key's value.
    func place(_ key: Int32, _ path: PicklePath) throws -> PicklePath {
        if let text = graph.text(key) { return path.key(text) }
        guard let description = try graph.description(key) ?? description(ofScalar: key) else {
            throw WeightFormatError.unsupported(
                "\(path.name.prefix(80)) has a key that is no text or number, so its value has no name")
        }
        return path.index(description)
    }

    /// Python's order of a set changes from run to run, so its elements are sorted.
    mutating func addSet(_ elements: [Int32], _ path: PicklePath) throws {
        visits += elements.count
        let descriptions = elements.compactMap(graph.description)
        guard descriptions.count == elements.count else {
            throw WeightFormatError.unsupported(
                "\(path.name.prefix(80)) is a set of objects, which have no order; save a list")
        }
        let text = descriptions.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ", ")
        try charge(text.utf8.count)
        try addItem(path.name, "{\(text)}")
    }

    /// A NumPy integer as a key, in words.
    private func description(ofScalar id: Int32) throws -> String? {
        guard let array = try PickledArray(id, in: graph), array.shape.isEmpty, !array.dtype.bigEndian,
            case .data(let data) = array.content, case .numbers(let type) = array.dtype.kind, type == .int64,
            data.count == type.byteCount
        else { return nil }
        return "\(try data.bytes(0..<8).loadUnaligned(as: Int64.self))"
    }
}
