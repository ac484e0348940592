/// A JSON value; numbers are IEEE 754 doubles, as RFC 8785 requires of everything that is hashed.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The integers that a double holds exactly: −(2⁵³ − 1) … 2⁵³ − 1.
    public static let exactIntegers = -9_007_199_254_740_991...9_007_199_254_740_991

    /// A number from an integer that a double holds exactly.
    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(Double(value)) }

    /// A string, or null.
    public static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}

extension JSONValue {
    /// Whether it is a number without a fraction.
    var isWholeNumber: Bool {
        if case .number(let number) = self { return number.isFinite && number.rounded() == number }
        return false
    }
}

extension JSONValue {
    /// The member of an object, or nil.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The kind of value, in a word for messages.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "truth value"
        case .number: "number"
        case .string: "text"
        case .array: "list"
        case .object: "map"
        }
    }

    /// The text, if this is a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The truth value, if this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The number, if this is one.
    public var double: Double? { if case .number(let value) = self { value } else { nil } }

    /// The number, if this is an integer that a double holds exactly.
    public var int: Int? {
        guard case .number(let value) = self, let whole = Int(exactly: value), Self.exactIntegers.contains(whole)
        else { return nil }
        return whole
    }

    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members, if this is an object.
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
