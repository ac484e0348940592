import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a decision about one version digest.
    package func decide(
        _ request: DecideVersion, about reference: VersionReference, as caller: Caller
    ) async throws -> ApprovalRecord {
        var entry = AuditEntry(
            "version.\(request.decision.rawValue)", namespace: reference.name.namespace.text,
            object: "model:\(reference)", digest: request.digest)
        if let comment = request.comment {
            guard comment.utf8.count <= 4096, !comment.unicodeScalars.contains("\0") else {
                throw RegistryError(.invalidRequest, "a comment has at most 4096 bytes and no NUL")
            }
            entry.after = ["comment": .string(comment)]
        }
        return try await writeOnce(caller, refusedAs: entry) { [entry] db, now in
            let collection = try CollectionRows.require(.model, reference.name, for: .approve, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            try ApprovalPolicy(
                decision: request.decision, seen: request.digest, actual: version.digest, flags: version.flags,
                state: VersionRows.approval(of: version, db), approver: caller.principal, pusher: version.createdBy
            ).check()
            try db.execute(
                sql: """
                    INSERT INTO decisions (version_id, digest, decision, comment, decided_at, decided_by)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    version.id, Data(version.digest.bytes), request.decision.rawValue, request.comment, now,
                    caller.principal,
                ])
            let record = ApprovalRecord(
                decision: request.decision, digest: version.digest,
                principal: try PrincipalRecord.fetch(caller.principal, db), comment: request.comment, at: now)
            return Written(record, entry.naming(version, of: collection))
        }
    }
}
