import GRDB
import RegistryTypes

/// Asks whether a principal has a right; the whole server is namespace 0.
///
/// Who has no role at all in a namespace learns nothing of it: everything there is `not-found`, in the same words as
/// what does not exist, though the audit log records the attempt. Who has some role, but not the right, is `forbidden`.
enum Authorization {
    /// The principal's roles in a namespace, server-wide ones included.
    static func roles(of caller: Caller, in namespace: Int64, _ db: Database) throws -> Set<Role> {
        let statement = try db.cachedStatement(
            sql: "SELECT role FROM memberships WHERE principal_id = ? AND namespace_id IN (0, ?)")
        return Set(
            try String.fetchAll(statement, arguments: [caller.principal, namespace]).compactMap(Role.init(rawValue:)))
    }

    /// Whether one of the principal's roles, in the namespace or server-wide, has the right.
    static func has(_ permission: Permission, _ caller: Caller, namespace: Int64, _ db: Database) throws -> Bool {
        try !roles(of: caller, in: namespace, db).isDisjoint(with: permission.roles)
    }

    /// Throws unless the principal has the right: `not-found` without any role in the namespace, else `forbidden`.
    ///
    /// - Parameter thing: what is then said not to exist, in the words for what really does not.
    static func require(
        _ permission: Permission, _ caller: Caller, namespace: Int64, hiding thing: String = "such thing",
        _ db: Database
    ) throws {
        let roles = try roles(of: caller, in: namespace, db)
        guard roles.isDisjoint(with: permission.roles) else { return }
        guard namespace == 0 || !roles.isEmpty else { throw RegistryError(hiding: RegistryError.absent(thing).message) }
        let needed = permission.roles.map(\.rawValue).sorted().joined(separator: ", ")
        throw RegistryError(
            .forbidden, "this token's principal may not \(permission.rawValue) here; it needs one of: \(needed)")
    }

    /// A condition for a query: that the principal, its one argument, has the right in the namespace of a column.
    static func condition(_ permission: Permission, _ column: String) -> String {
        """
        EXISTS (SELECT 1 FROM memberships AS held
                WHERE held.principal_id = ? AND held.namespace_id IN (0, \(column)) AND held.role IN (\(roles(permission))))
        """
    }

    /// The same for a query that walks over many rows, with the principal as two arguments: the namespaces are found once.
    static func conditionOnMany(_ permission: Permission, _ column: String) -> String {
        let held = "FROM memberships AS held WHERE held.principal_id = ? AND held.role IN (\(roles(permission)))"
        return """
            (EXISTS (SELECT 1 \(held) AND held.namespace_id = 0) OR \(column) IN (SELECT held.namespace_id \(held)))
            """
    }

    /// The namespaces in which the principal has a right; nil if it has it everywhere, or in more than `most`.
    static func namespaces(
        _ permission: Permission, _ caller: Caller, atMost most: Int, _ db: Database
    ) throws -> [Int64]? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT namespace_id FROM memberships WHERE principal_id = ? AND role IN (\(roles(permission)))
                ORDER BY namespace_id LIMIT ?
                """)
        let found = try Int64.fetchAll(statement, arguments: [caller.principal, most + 1])
        return found.first == 0 || found.count > most ? nil : found
    }

    /// The roles that have a right, as SQL lists them.
    private static func roles(_ permission: Permission) -> String {
        permission.roles.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    }
}

extension RegistryError {
    /// The one sentence for what does not exist and for what the caller may not know of.
    static func absent(_ thing: String) -> RegistryError {
        RegistryError(.notFound, "there is no \(thing), or this token may not see it")
    }
}
