import Foundation
import GRDB
import RegistryTypes

/// Columns as the types of the registry. What the schema holds parses; an error here means a damaged database.
extension Row {
    /// A column of 32 raw bytes.
    func digest(_ column: String) throws -> Digest { try Digest(bytes: Array(self[column] as Data)) }

    /// A column of 32 raw bytes or NULL.
    func optionalDigest(_ column: String) throws -> Digest? {
        try (self[column] as Data?).map { try Digest(bytes: Array($0)) }
    }

    /// A column with the id of a run or reproduction, or NULL.
    func optionalRunID(_ column: String) throws -> RunID? { try (self[column] as String?).map { try RunID($0) } }

    /// A column of JSON text.
    func document<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data((self[column] as String).utf8))
    }

    /// A column with a JSON array of words; most are empty, and then nothing is decoded.
    func words(_ column: String) throws -> [String] {
        (self[column] as String) == "[]" ? [] : try document(column)
    }

    /// A column with one of the texts of an enumeration.
    func choice<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        let text: String = self[column]
        guard let value = Value(rawValue: text) else {
            throw RegistryError(.internalError, "the database holds the unknown \(column) \"\(text)\"")
        }
        return value
    }

    /// The columns `namespace` and `name`.
    func qualifiedName() throws -> QualifiedName {
        QualifiedName(
            namespace: try ResourceName(self["namespace"] as String), name: try ResourceName(self["name"] as String))
    }
}
