import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Who the caller is, and what its token may do, by namespace; `*` stands for all of them.
    package func whoAmI(as caller: Caller) async throws -> WhoAmI {
        try await read(caller, refusedAs: AuditEntry("principal.show", namespace: nil, object: "server")) { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT coalesce(namespaces.name, '*') AS namespace, role
                        FROM \(Authorization.heldRoles) AS held LEFT JOIN namespaces ON namespaces.id = namespace_id
                        WHERE holder = ? GROUP BY namespace_id, role ORDER BY role
                        """), arguments: [caller.holder])
            var roles: [String: [Role]] = [:]
            for row in rows { roles[row["namespace"], default: []].append(try row.choice("role")) }
            return WhoAmI(principal: try PrincipalRecord.fetch(caller.principal, db), roles: roles)
        }
    }
}
