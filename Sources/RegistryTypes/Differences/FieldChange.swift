/// A field that two JSON documents have with different values.
public struct FieldChange: Hashable, Sendable, Codable {
    /// Where it is: `parameters.learning_rate`, `inputs.train.artifact`.
    public var field: String
    /// The values; nil where one side lacks the field.
    public var left: JSONValue?
    public var right: JSONValue?

    /// Describes a change.
    public init(field: String, left: JSONValue?, right: JSONValue?) {
        self.field = field
        self.left = left
        self.right = right
    }
}

extension FieldChange {
    /// All fields with different values, in order of their names.
    ///
    /// Elements of a list are told by their `name` or `path` where all have one; other lists are compared as a whole.
    public static func between(_ left: JSONValue?, _ right: JSONValue?, field: String = "") -> [FieldChange] {
        guard left != right else { return [] }
        guard let first = members(left), let second = members(right) else {
            return [FieldChange(field: field, left: left, right: right)]
        }
        return Set(first.keys).union(second.keys).sorted().flatMap { key in
            between(first[key], second[key], field: field.isEmpty ? key : "\(field).\(key)")
        }
    }

    private static func members(_ value: JSONValue?) -> [String: JSONValue]? {
        switch value {
        case .object(let members): return members
        case .array(let elements):
            let names = elements.compactMap { $0["name"]?.string ?? $0["path"]?.string }
            guard names.count == elements.count, Set(names).count == names.count else { return nil }
            return Dictionary(uniqueKeysWithValues: zip(names, elements))
        default: return nil
        }
    }
}
