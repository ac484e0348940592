import GRDB
import RegistryTypes

/// Asks whether a principal has a right; the whole server is namespace 0.
enum Authorization {
    /// Throws `forbidden` unless one of the principal's roles, in the namespace or server-wide, has the right.
    static func require(_ permission: Permission, _ caller: Caller, namespace: Int64, _ db: Database) throws {
        let roles = try String.fetchAll(
            db, sql: "SELECT role FROM memberships WHERE principal_id = ? AND namespace_id IN (0, ?)",
            arguments: [caller.principal, namespace])
        guard roles.contains(where: { Role(rawValue: $0).map(permission.roles.contains) ?? false }) else {
            let needed = permission.roles.map(\.rawValue).sorted().joined(separator: ", ")
            throw RegistryError(
                .forbidden, "this token's principal may not \(permission.rawValue) here; it needs one of: \(needed)")
        }
    }
}
