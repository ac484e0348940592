import RegistryTypes

/// The JSON in which Keras keeps the layers of a model and how it is compiled.
enum KerasSettings {
    /// Adds every value as an item, called by its path behind a prefix; the order of keys does not count.
    ///
    /// Keras marks initializers and other settings that stand in two places by `shared_object_id`. It does not count: it
    /// is the address that the object had in memory, and a model that is loaded and saved again does not have it.
    static func add(_ text: String, _ prefix: String, to builder: inout WeightFileBuilder) throws {
        let options = JSONParser.Options(nonfiniteWords: true, maximumDepth: WeightLimits.jsonDepth)
        let value: JSONValue
        do { value = try JSONParser.parse(text.utf8, options: options) } catch let error as RegistryError {
            throw WeightFormatError.malformed("\(prefix.prefix(80)): \(error.message)")
        }
        try add(value, prefix, to: &builder)
    }

    private static func add(_ value: JSONValue, _ path: String, to builder: inout WeightFileBuilder) throws {
        switch value {
        case .object(let members) where !members.isEmpty:
            for (key, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
            where key != "shared_object_id" {
                try add(member, "\(path)/\(key)", to: &builder)
            }
        case .array(let elements) where !elements.isEmpty:
            try builder.add(StructureItem(path, "array of \(elements.count)"))
            for (index, element) in elements.enumerated() { try add(element, "\(path)/\(index)", to: &builder) }
        case .object: try builder.add(StructureItem(path, "{}"))
        case .array: try builder.add(StructureItem(path, "[]"))
        case .string(let text): try builder.add(StructureItem(path, text.debugDescription))
        case .number(let number): try builder.add(StructureItem(path, "\(number)"))
        case .bool(let value): try builder.add(StructureItem(path, "\(value)"))
        case .null: try builder.add(StructureItem(path, "null"))
        }
    }
}
