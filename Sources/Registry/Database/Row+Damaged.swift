import Foundation
import GRDB
import RegistryTypes

/// Columns of a database that may be damaged: the plain subscript ends the process for a value of another kind.
extension Row {
    /// A column, or an error that says that it holds something else.
    func checked<Value: DatabaseValueConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[column]) else { throw Self.strange(column) }
        return value
    }

    /// A column that may be NULL.
    func checkedOptional<Value: DatabaseValueConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        let stored: DatabaseValue = self[column]
        return stored.isNull ? nil : try checked(column, as: type)
    }

    /// A column of 32 raw bytes.
    func checkedDigest(_ column: String) throws -> Digest { try Digest(bytes: Array(checked(column, as: Data.self))) }

    private static func strange(_ column: String) -> RegistryError {
        RegistryError(.integrityFailure, "the column \(column) holds a value of another kind")
    }
}
