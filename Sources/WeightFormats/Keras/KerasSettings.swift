import RegistryTypes

/// The JSON in which Keras keeps the layers of a model and how it is compiled.
enum KerasSettings {
    /// Adds every value as an item, called by its path behind a prefix; the order of keys does not count.
    ///
    /// Keras marks objects that stand in two places by `shared_object_id`, which is the address that the object had in
    /// memory. Only which of them are the same counts, so the ids are numbered as they come.
    static func add(_ text: String, _ prefix: String, to builder: inout WeightFileBuilder) throws {
        let options = JSONParser.Options(nonfiniteWords: true, maximumDepth: WeightLimits.jsonDepth)
        let value: JSONValue
        do { value = try JSONParser.parse(text.utf8, options: options) } catch let error as RegistryError {
            throw WeightFormatError.malformed("\(prefix.prefix(80)): \(error.message)")
        }
        var ids: [JSONValue: Int] = [:]
        try add(value, prefix, &ids, to: &builder)
    }

    private static func add(
        _ value: JSONValue, _ path: String, _ ids: inout [JSONValue: Int], to builder: inout WeightFileBuilder
    ) throws {
        switch value {
        case .object(let members) where !members.isEmpty:
            for (key, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                let name = "\(path)/\(key)"
                if key == "shared_object_id" {
                    let number = ids[member] ?? ids.count
                    ids[member] = number
                    try builder.add(StructureItem(name, "object \(number)"))
                } else {
                    try add(member, name, &ids, to: &builder)
                }
            }
        case .array(let elements) where !elements.isEmpty:
            try builder.add(StructureItem(path, "array of \(elements.count)"))
            for (index, element) in elements.enumerated() { try add(element, "\(path)/\(index)", &ids, to: &builder) }
        case .object: try builder.add(StructureItem(path, "{}"))
        case .array: try builder.add(StructureItem(path, "[]"))
        case .string(let text): try builder.add(StructureItem(path, text.debugDescription))
        case .number(let number): try builder.add(StructureItem(path, "\(number)"))
        case .bool(let value): try builder.add(StructureItem(path, "\(value)"))
        case .null: try builder.add(StructureItem(path, "null"))
        }
    }
}
