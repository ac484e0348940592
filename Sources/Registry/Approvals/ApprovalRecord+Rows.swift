import GRDB
import RegistryTypes

extension ApprovalRecord {
    /// The decisions about a version, oldest first.
    static func fetchAll(of version: Int64, _ db: Database) throws -> [ApprovalRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT decision, digest, comment, decided_at, \(PrincipalRecord.columns)
                    FROM decisions \(PrincipalRecord.join("decided_by"))
                    WHERE version_id = ? ORDER BY decisions.id
                    """), arguments: [version]
        ).map { row in
            ApprovalRecord(
                decision: try row.choice("decision"), digest: try row.digest("digest"),
                principal: try PrincipalRecord(row: row), comment: row["comment"], at: row["decided_at"])
        }
    }
}
