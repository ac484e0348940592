import AuditLog
import Foundation
import GRDB
import RegistryTypes

/// The rows of the audit log.
enum AuditTrail {
    /// Appends an entry at the end of the log, with its leaf hash, inside the caller's transaction.
    static func append(_ entry: AuditEntry, for caller: Caller, at now: Int64, _ db: Database) throws {
        let sequence = try Int64.fetchOne(db, sql: "SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries") ?? 0
        let context = AuditContext(
            actor: caller.principal, authentication: caller.authentication, requestID: caller.requestID, time: now)
        let bytes = try entry.encode(sequence: sequence, context: context)
        let namespace = try entry.namespace.flatMap {
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM namespaces WHERE name = ?"), arguments: [$0])
        }
        try db.execute(
            sql: "INSERT INTO audit_entries (sequence, entry, leaf, namespace_id) VALUES (?, ?, ?, ?)",
            arguments: [sequence, bytes, Data(MerkleTree.leafHash(bytes).bytes), namespace])
    }

    /// The rows behind a sequence number, of one namespace or of all, oldest first.
    static func rows(of namespace: Int64?, after sequence: Int64, limit: Int, _ db: Database) throws -> [Row] {
        let condition = namespace == nil ? "" : "namespace_id = ? AND"
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT sequence, entry, leaf, namespace_id FROM audit_entries WHERE \(condition) sequence > ?
                    ORDER BY sequence LIMIT ?
                    """), arguments: StatementArguments([namespace, sequence, Int64(limit)].compactMap(\.self)))
    }
}
