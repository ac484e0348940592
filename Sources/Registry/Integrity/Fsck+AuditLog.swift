import AuditLog
import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    /// The audit log has no gap, every entry stands at its place and has its leaf hash; the root is reported. What was
    /// signed is a beginning of it, and the hashes that are kept of it are right.
    mutating func checkAuditLog() throws {
        var root = MerkleRoot()
        let signed = try database.read { try LogRows.signed($0) }
        let query = "SELECT sequence AS key, entry, leaf FROM audit_entries"
        try forEachRow(query, key: "sequence", after: Int64(-1).databaseValue) { fsck, row in
            let (sequence, entry): (Int64, Data) = (try row.checked("key"), try row.checked("entry"))
            fsck.report.auditEntries += 1
            if sequence != root.size {
                fsck.find(
                    "audit:\(sequence)", .gap, "entry \(root.size) is missing before it", Self.restoreAdvice)
            }
            let leaf = MerkleTree.leafHash(entry)
            if leaf != (try row.checkedDigest("leaf")) {
                fsck.find(
                    "audit:\(sequence)", .wrongDigest, "the entry does not have its leaf hash", Self.restoreAdvice)
            }
            if try JSONParser.parse(entry)["seq"]?.int != Int(sequence) {
                fsck.find("audit:\(sequence)", .contradiction, "the entry says another place", Self.restoreAdvice)
            }
            try fsck.checkSubtrees(root.append(leaf), size: root.size)
            if root.size == signed?.size, root.digest != signed?.root {
                fsck.find(
                    "checkpoint:\(root.size)", .contradiction,
                    "the first \(root.size) entries are not those that were signed", Self.restoreAdvice)
            }
        }
        if let signed, signed.size > root.size {
            find(
                "checkpoint:\(signed.size)", .contradiction,
                "\(signed.size) entries were signed; there are \(root.size)",
                Self.restoreAdvice)
        }
        report.auditRoot = root.digest
    }

    /// The rows of the subtrees of 256, 256², … entries that an entry completed; they may lack until the next checkpoint.
    private mutating func checkSubtrees(_ completed: [Digest], size: Int64) throws {
        for (index, root) in completed.enumerated() {
            let (level, number) = (index + 1, size >> (8 * (index + 1)) - 1)
            let kept = try database.read { db in
                try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT root FROM audit_subtrees WHERE level = ? AND number = ?"),
                    arguments: [level, number])
            }
            guard let kept, try kept.checkedDigest("root") != root else { continue }
            find(
                "audit-subtree:\(level)/\(number)", .wrongDigest, "it is not the root of its entries",
                "it is made from the entries: stop the server and delete all rows of audit_subtrees")
        }
    }
}
