import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Erases the personal data of a principal for good: the name, the texts of comments, labels of tokens. The tokens and
    /// roles end with it. The log and the history keep the opaque id, and the commitments to the comments. Returns what is left:
    /// the id, also as name.
    ///
    /// Only an administrator of the whole server may, and not for themselves.
    package func erasePrincipal(_ name: String, as caller: Caller) async throws -> PrincipalRecord {
        // The name itself must not get into the log by its erasure.
        let refusal = AuditEntry("principal.erase", namespace: nil, object: "server")
        return try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard let principal = try PrincipalRecord.find(named: name, db) else {
                throw RegistryError(.notFound, "nobody is called \"\(name.prefix(100))\"")
            }
            guard principal.id != caller.principal else {
                throw RegistryError(.conflict, "that would lock you out: ask another administrator to do it")
            }
            let isWorker = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM workers WHERE principal_id = ?)", arguments: [principal.id])
            guard isWorker != true else {
                throw RegistryError(.conflict, "\"\(name)\" is a worker, which has no personal data")
            }
            let id = principal.id
            try db.execute(
                sql: "INSERT INTO principal_erasures (principal_id, erased_at, erased_by) VALUES (?, ?, ?)",
                arguments: [id, now, caller.principal])
            func change(_ sql: String, _ arguments: StatementArguments) throws -> Int {
                try db.execute(sql: sql, arguments: arguments)
                return db.changesCount
            }
            let comments = try change("DELETE FROM comments WHERE author = ?", [id])
            _ = try change("DELETE FROM principal_names WHERE principal_id = ?", [id])
            _ = try change("DELETE FROM certificate_names WHERE principal_id = ?", [id])
            // Answers of the last day hold comments and names.
            _ = try change(
                "DELETE FROM idempotency WHERE principal_id = ? OR instr(answer, CAST(? AS BLOB))", [id, id])
            let roles = try MembershipRows.end(of: id, by: caller.principal, at: now, db)
            let tokens = try change(
                "UPDATE tokens SET revoked_at = ? WHERE principal_id = ? AND revoked_at IS NULL", [now, id])
            _ = try change("UPDATE tokens SET label = '' WHERE principal_id = ?", [id])
            var entry = AuditEntry("principal.erase", namespace: nil, object: "principal:\(id)")
            entry.after = ["comments": .integer(comments), "roles": .integer(roles), "tokens": .integer(tokens)]
            return Written(try PrincipalRecord.fetch(id, db), entry)
        }
    }
}
