import GRDB
import RegistryTypes

/// Asks whether a caller has a right; the whole server is namespace 0.
///
/// Rights are looked up by `Caller.holder`: a principal's id finds its memberships, a scoped token's id what its scope
/// leaves of them, at this moment.
///
/// Who has no role at all in a namespace learns nothing of it: everything there is `not-found`, in the same words as
/// what does not exist, though the audit log records the attempt. Who has some role, but not the right, is `forbidden`.
enum Authorization {
    /// Every role that a holder has, with its namespace.
    static let heldRoles = """
        (SELECT principal_id AS holder, namespace_id, role FROM memberships
         UNION ALL
         SELECT token_scopes.token_id, max(token_scopes.namespace_id, memberships.namespace_id), token_scopes.role
         FROM token_scopes CROSS JOIN tokens ON tokens.id = token_scopes.token_id
         CROSS JOIN memberships ON memberships.principal_id = tokens.principal_id
            AND (token_scopes.namespace_id IN (0, memberships.namespace_id) OR memberships.namespace_id = 0)
            AND (memberships.role, token_scopes.role) IN (\(covers)))
        """

    /// Pairs of a role and one that has no right beyond it, as SQL lists them: an admin's token may be a reader's.
    private static let covers: String = {
        let pairs = Role.allCases.flatMap { role in
            Role.allCases.filter(role.covers).map { "('\(role.rawValue)', '\($0.rawValue)')" }
        }
        return "VALUES " + pairs.joined(separator: ", ")
    }()

    /// The caller's roles in a namespace, server-wide ones included.
    static func roles(of caller: Caller, in namespace: Int64, _ db: Database) throws -> Set<Role> {
        let statement = try db.cachedStatement(
            sql: "SELECT role FROM \(heldRoles) WHERE holder = ? AND namespace_id IN (0, ?)")
        return Set(
            try String.fetchAll(statement, arguments: [caller.holder, namespace]).compactMap(Role.init(rawValue:)))
    }

    /// Whether one of the caller's roles, in the namespace or server-wide, has the right.
    static func has(_ permission: Permission, _ caller: Caller, namespace: Int64, _ db: Database) throws -> Bool {
        try !roles(of: caller, in: namespace, db).isDisjoint(with: permission.roles)
    }

    /// Throws unless the caller has the right: `not-found` without any role in the namespace, else `forbidden`.
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
            .forbidden, "this token may not \(permission.rawValue) here; it needs one of the roles: \(needed)")
    }

    /// A condition for a query: that `Caller.holder`, its one argument, has the right in the namespace of a column.
    static func condition(_ permission: Permission, _ column: String) -> String {
        let place = "namespace_id IN (0, \(column))"
        return """
            EXISTS (SELECT 1 FROM (SELECT ? AS holder) AS asking
                WHERE EXISTS (SELECT 1 FROM memberships AS held
                        WHERE held.principal_id = asking.holder AND held.\(place) AND held.role IN (\(roles(permission))))
                    OR EXISTS (SELECT 1 FROM token_scopes AS scope
                        JOIN tokens AS scoped ON scoped.id = scope.token_id
                        JOIN memberships AS held ON held.principal_id = scoped.principal_id AND held.\(place)
                        WHERE scope.token_id = asking.holder AND scope.\(place) AND scope.role IN (\(roles(permission)))
                            AND (held.role, scope.role) IN (\(covers))))
            """
    }

    /// The same for a query that walks over many rows, with `Caller.holder` as two arguments: the namespaces are found
    /// once.
    static func conditionOnMany(_ permission: Permission, _ column: String) -> String {
        let held = "FROM \(heldRoles) AS held WHERE held.holder = ? AND held.role IN (\(roles(permission)))"
        return """
            (EXISTS (SELECT 1 \(held) AND held.namespace_id = 0) OR \(column) IN (SELECT held.namespace_id \(held)))
            """
    }

    /// The namespaces in which the caller has a right; nil if it has it everywhere, or in more than `most`.
    static func namespaces(
        _ permission: Permission, _ caller: Caller, atMost most: Int, _ db: Database
    ) throws -> [Int64]? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT namespace_id FROM \(heldRoles) WHERE holder = ? AND role IN (\(roles(permission)))
                ORDER BY namespace_id LIMIT ?
                """)
        let found = try Int64.fetchAll(statement, arguments: [caller.holder, most + 1])
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
