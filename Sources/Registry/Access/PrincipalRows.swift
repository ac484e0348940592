import GRDB
import RegistryTypes

/// The rows of principals and their names.
enum PrincipalRows {
    /// The names of principals by their ids; those that were erased are left out.
    static func names(of ids: Set<String>, _ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT principal_id, name FROM principal_names
                    WHERE principal_id IN (\(databaseQuestionMarks(count: ids.count)))
                    """), arguments: StatementArguments(ids))
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["principal_id"], $0["name"]) })
    }

    /// Finds the principal that a token is asked for, or makes it.
    ///
    /// A token of somebody who exists gives their rights away: only a server-wide administrator, or they themselves,
    /// may have one made. They themselves not with a token that has a scope, which would lead out of it.
    static func findOrInsert(
        _ name: String, _ kind: PrincipalRecord.Kind?, _ caller: Caller, at now: Int64, _ db: Database
    ) throws -> PrincipalRecord {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, kind, name FROM principals JOIN principal_names ON principal_id = id WHERE name = ?
                    """), arguments: [name])
        if let row {
            let id: String = row["id"]
            if id != caller.principal || caller.scopedToken != nil,
                try !Authorization.has(.administer, caller, namespace: 0, db)
            {
                throw RegistryError(
                    .forbidden,
                    "\(name) exists already, and only an admin of the whole server makes tokens for others; "
                        + "`assay namespace set-member` gives them roles here")
            }
            return PrincipalRecord(
                id: id, kind: PrincipalRecord.Kind(rawValue: row["kind"]) ?? .person, name: row["name"])
        }
        let made = PrincipalRecord(id: "p_\(RunID(at: now))", kind: kind ?? .person, name: name)
        try db.execute(
            sql: "INSERT INTO principals (id, kind, created_at) VALUES (?, ?, ?)",
            arguments: [made.id, made.kind.rawValue, now])
        try db.execute(
            sql: "INSERT INTO principal_names (principal_id, name) VALUES (?, ?)", arguments: [made.id, made.name])
        return made
    }
}
