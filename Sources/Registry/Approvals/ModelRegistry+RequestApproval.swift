import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Asks others to approve a version; whoever asks cannot approve it themselves.
    package func requestApproval(
        _ request: RequestApproval, of reference: VersionReference, as caller: Caller
    ) async throws -> ApprovalRequestRecord {
        try CommentRows.check(request.comment)
        let entry = AuditEntry(
            "version.request-approval", namespace: reference.name.namespace.text, object: "model:\(reference)")
        return try await writeOnce(caller, refusedAs: entry) { db, now in
            let collection = try CollectionRows.require(.model, reference.name, for: .moveAlias, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            guard !version.flags.contains("nonfinite") else {
                throw RegistryError(
                    .nonfiniteVersion,
                    "the version holds NaN or infinite values and can never be approved; push a fixed version")
            }
            guard try !VoteRows.requesters(for: version.id, db).contains(caller.principal) else {
                throw RegistryError(.conflict, "you asked for the approval of this version already")
            }
            guard try !VoteRows.standing(for: version.id, db).contains(where: { $0.principal == caller.principal })
            else { throw RegistryError(.conflict, "you approved the version; others may ask") }
            let comment = try CommentRows.insert(request.comment, by: caller.principal, db)
            try VoteRows.insertRequest(for: version.id, comment: comment, by: caller.principal, at: now, db)
            var written = entry.naming(version, of: collection)
            written.after = comment.map { ["comment": .comment($0)] }
            return Written(
                ApprovalRequestRecord(
                    version: VersionReference(name: collection.name, selector: .number(version.number)),
                    digest: version.digest, principal: try PrincipalRecord.fetch(caller.principal, db),
                    comment: request.comment, at: now), written)
        }
    }
}
