public import Foundation

/// Decodes and encodes the documents of the API and of everything that is hashed.
///
/// Decoding is stricter than Foundation's: duplicate keys, a bare NaN, deep nesting and **unknown members** are
/// errors, so that a misspelt or smuggled field is never silently dropped. Absent optional members are left out when
/// encoding, never written as null.
public enum StrictJSON {
    /// Decodes a value, or throws `invalid-json` with the path of the offending member.
    public static func decode<Value: Codable>(_ type: Value.Type, from data: some Sequence<UInt8>) throws -> Value {
        try decode(type, from: JSONParser.parse(data))
    }

    /// Decodes a value from parsed JSON, or throws `invalid-json` with the path of the offending member.
    public static func decode<Value: Codable>(_ type: Value.Type, from json: JSONValue) throws -> Value {
        let value: Value
        do {
            value = try JSONDecoder().decode(type, from: try json.canonicalBytes())
        } catch let error as DecodingError {
            throw RegistryError(.invalidJSON, explain(error))
        }
        try refuseUnknown(in: json, known: try JSONValue(encoding: value), path: "")
        return value
    }

    /// The JSON text of a value: sorted keys, slashes as they are.
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Whatever a value does not write back is a member that it does not know.
    private static func refuseUnknown(in json: JSONValue, known: JSONValue?, path: String) throws {
        switch json {
        case .object(let members):
            for (key, member) in members where member != .null {
                guard let match = known?[key] else {
                    throw RegistryError(
                        .invalidJSON, "unknown member \"\(path)\(key)\"; check its spelling against the API's contract")
                }
                try refuseUnknown(in: member, known: match, path: "\(path)\(key).")
            }
        case .array(let elements):
            for (element, match) in zip(elements, known?.array ?? []) {
                try refuseUnknown(in: element, known: match, path: path)
            }
        default: break
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        func name(_ path: [any CodingKey]) -> String {
            var text = ""
            for key in path {
                text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
            }
            return text.isEmpty ? "the document" : "\"\(text)\""
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): return "\(name(context.codingPath)) must not be null"
        case .typeMismatch(let type, let context): return "\(name(context.codingPath)) must be \(word(for: type))"
        case .dataCorrupted(let context):
            // What was parsed and written anew can only hold a number that has no place in Swift's types.
            if context.codingPath.isEmpty { return "a number in the document does not fit where it stands" }
            return "\(name(context.codingPath)) \(complaint(of: context.debugDescription))"
        @unknown default: return "the document could not be decoded"
        }
    }

    /// The JSON name of what a Swift type is read from.
    private static func word(for type: Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is Double.Type, is Float.Type: "a number"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [Any].Type: "an array"
        default: "\(type)".hasPrefix("Array<") ? "an array" : "an object"
        }
    }

    /// Foundation's sentence about a word that an enumeration does not have names the Swift type.
    private static func complaint(of description: String) -> String {
        let word = description.firstMatch(of: /^Cannot initialize .* from invalid String value (.*)$/)
        return word.map { "is \"\($0.1.prefix(80))\", which is not one of the words that may stand there" }
            ?? "does not fit: \(description)"
    }
}

extension JSONValue {
    /// The JSON of an encodable value, as `StrictJSON.encode` writes it.
    public init(encoding value: some Encodable) throws {
        // Our own documents may nest deeper than what is accepted from outside.
        self = try JSONParser.parse(StrictJSON.encode(value), options: .init(maximumDepth: 128))
    }
}

extension Encodable {
    /// The RFC 8785 bytes of the value.
    package func canonicalJSON() throws -> Data { try JSONValue(encoding: self).canonicalBytes() }

    /// The SHA-256 of the RFC 8785 bytes of the value.
    package func canonicalDigest() throws -> Digest { Digest.of(try canonicalJSON()) }
}
