import GRDB
import RegistryTypes

extension PrincipalRecord {
    /// The columns that `init(row:)` reads, of a query with `join(_:)`.
    static let columns = """
        principals.id AS principal_id, principals.kind AS principal_kind,
        coalesce(principal_names.name, principals.id) AS principal_name
        """

    /// Joins the principal whose id is in a column; a name that was erased is shown as the id.
    static func join(_ column: String) -> String {
        """
        JOIN principals ON principals.id = \(column)
        LEFT JOIN principal_names ON principal_names.principal_id = principals.id
        """
    }

    /// Reads a principal.
    init(row: Row) throws {
        self.init(
            id: row["principal_id"], kind: try row.choice("principal_kind"), name: row["principal_name"])
    }

    /// Finds a principal by its id.
    static func fetch(_ id: String, _ db: Database) throws -> PrincipalRecord {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(columns) FROM principals
                    LEFT JOIN principal_names ON principal_names.principal_id = principals.id WHERE principals.id = ?
                    """), arguments: [id])
        guard let row else { throw RegistryError.absent("principal \(id)") }
        return try PrincipalRecord(row: row)
    }

    /// Finds a principal by its name, whatever its case.
    static func find(named name: String, _ db: Database) throws -> PrincipalRecord? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(columns) FROM principal_names JOIN principals ON principals.id = principal_id
                    WHERE principal_names.name = ?
                    """), arguments: [name]
        ).map { try PrincipalRecord(row: $0) }
    }
}
