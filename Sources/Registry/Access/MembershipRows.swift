import GRDB
import RegistryTypes

/// The rows of roles. Each that begins is recorded by the schema; each that ends has to be, before it does.
enum MembershipRows {
    /// Gives a role, unless it is held already.
    static func begin(
        _ role: Role, of principal: String, in namespace: Int64, by giver: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO memberships (namespace_id, principal_id, role, granted_at, granted_by)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, arguments: [namespace, principal, role.rawValue, now, giver])
    }

    /// Takes roles away: one, or all that a principal has anywhere; returns how many they were.
    @discardableResult
    static func end(
        _ role: Role? = nil, of principal: String, in namespace: Int64? = nil, by taker: String, at now: Int64,
        _ db: Database
    ) throws -> Int {
        let condition = "principal_id = ? AND namespace_id = coalesce(?, namespace_id) AND role = coalesce(?, role)"
        let which: StatementArguments = [principal, namespace, role?.rawValue]
        try db.execute(
            sql: """
                INSERT INTO membership_changes (namespace_id, principal_id, role, is_held, changed_at, changed_by)
                SELECT namespace_id, principal_id, role, 0, ?, ? FROM memberships WHERE \(condition)
                """, arguments: [now, taker] + which)
        try db.execute(sql: "DELETE FROM memberships WHERE \(condition)", arguments: which)
        return db.changesCount
    }

    /// The members of a namespace behind one of them, each with its roles there, in one text.
    static func members(of namespace: Int64, after principal: String, limit: Int, _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(PrincipalRecord.columns), group_concat(role, ' ') AS roles
                    FROM roles_held AS held \(PrincipalRecord.join("held.principal_id"))
                    WHERE held.namespace_id = ? AND held.principal_id > ?
                    GROUP BY held.principal_id ORDER BY held.principal_id LIMIT ?
                    """), arguments: [namespace, principal, limit])
    }
}
