import GRDB
import RegistryTypes

/// Asks whether a principal has a right; the whole server is namespace 0.
enum Authorization {
    /// Whether one of the principal's roles, in the namespace or server-wide, has the right.
    static func has(_ permission: Permission, _ caller: Caller, namespace: Int64, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT role FROM memberships WHERE principal_id = ? AND namespace_id IN (0, ?)")
        return try String.fetchAll(statement, arguments: [caller.principal, namespace])
            .contains { Role(rawValue: $0).map(permission.roles.contains) ?? false }
    }

    /// Throws `forbidden` unless the principal has the right.
    static func require(_ permission: Permission, _ caller: Caller, namespace: Int64, _ db: Database) throws {
        guard try has(permission, caller, namespace: namespace, db) else {
            let needed = permission.roles.map(\.rawValue).sorted().joined(separator: ", ")
            throw RegistryError(
                .forbidden, "this token's principal may not \(permission.rawValue) here; it needs one of: \(needed)")
        }
    }
}
