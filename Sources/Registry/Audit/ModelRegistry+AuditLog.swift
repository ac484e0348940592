import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Entries of the audit log behind a sequence number, oldest first, at most `limit`.
    package func auditEntries(after sequence: Int64, limit: Int) async throws -> [AuditRecord] {
        try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT entry, leaf FROM audit_entries WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, limit]
            ).map { row in
                AuditRecord(
                    entry: try JSONParser.parse(row["entry"] as Data),
                    leaf: try Digest(bytes: Array(row["leaf"] as Data)))
            }
        }
    }
}
