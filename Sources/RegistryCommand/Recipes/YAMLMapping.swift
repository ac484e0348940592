/// The entries of a map, taken out one by one; what nobody took is an error.
struct YAMLMapping {
    private var rest: [(key: String, value: YAMLValue)]
    private let owner: YAMLValue
    private var known: [String] = []

    init(entries: [(key: String, value: YAMLValue)], owner: YAMLValue) {
        rest = entries
        self.owner = owner
    }

    /// Takes an entry that may be missing.
    mutating func optional(_ key: String) -> YAMLValue? {
        known.append(key)
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index).value
    }

    /// Takes an entry that must be there.
    mutating func required(_ key: String) throws -> YAMLValue {
        guard let value = optional(key) else { throw owner.error("the key \"\(key)\" is missing") }
        return value
    }

    /// Takes all entries, whatever their names are.
    mutating func all() -> [(key: String, value: YAMLValue)] {
        defer { rest = [] }
        return rest
    }

    /// Throws for the first entry that nobody took.
    func finish() throws {
        guard let unknown = rest.first else { return }
        throw unknown.value.error("is not known here; the keys are \(known.joined(separator: ", "))")
    }
}
