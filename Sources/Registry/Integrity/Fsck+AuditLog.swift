import AuditLog
import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    /// The audit log has no gap, every entry stands at its place and has its leaf hash; the root is reported.
    mutating func checkAuditLog() throws {
        var root = MerkleRoot()
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
            root.append(leaf)
        }
        report.auditRoot = root.digest
    }
}
