import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a decision about one version digest.
    ///
    /// An approval is one person's, bound to what that person saw; the version is approved by the one that completes what
    /// the policy of `production` asks for.
    package func decide(
        _ request: DecideVersion, about reference: VersionReference, as caller: Caller
    ) async throws -> ApprovalRecord {
        try CommentRows.check(request.comment)
        let entry = AuditEntry(
            "version.\(request.decision.rawValue)", namespace: reference.name.namespace.text,
            object: "model:\(reference)", digest: request.digest)
        return try await writeOnce(caller, refusedAs: entry) { db, now in
            let collection = try CollectionRows.require(.model, reference.name, for: .approve, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            let production = try Alias(Alias.production)
            guard let policy = try PolicyRows.guarding(production, of: collection, db) else {
                throw RegistryError(.internalError, "production has no policy")
            }
            var facts = try PolicyFacts.gather(version, of: collection, for: production, at: now, db)
            let policies = try PolicyRows.guarding(collection, db)
            let evidence = try ApprovalEvidence(facts, policies: policies)
            try ApprovalPolicy(
                decision: request.decision, seen: request.digest, evidence: request.evidence, present: evidence,
                isGuarded: policies != [production.text: try PolicyDocument.builtIn.digest()], facts: facts,
                policy: policy.document, approver: caller.principal
            ).check()
            let comment = try CommentRows.insert(request.comment, by: caller.principal, db)
            var isComplete = true
            if request.decision == .approve {
                let vote = PolicyFacts.Vote(principal: caller.principal, at: now, evidence: evidence)
                let wasApproved = facts.state == .approved
                facts.votes.append(vote)
                // What was rejected or withdrawn can be approved anew.
                facts.state = .pending
                isComplete = PolicyEvaluation(policy.document, facts).approvals.passed
                let decision =
                    isComplete && !wasApproved
                    ? try Self.insert(request, comment, about: version, as: caller, at: now, db) : nil
                try VoteRows.insert(vote, for: version.id, completing: decision, comment: comment, db)
            } else {
                _ = try Self.insert(request, comment, about: version, as: caller, at: now, db)
            }
            let isApproval = request.decision == .approve
            let record = ApprovalRecord(
                decision: request.decision, digest: version.digest,
                principal: try PrincipalRecord.fetch(caller.principal, db), comment: request.comment, at: now,
                evidence: isApproval ? try evidence.digest() : nil, isComplete: isApproval ? isComplete : nil)
            var written = entry.naming(version, of: collection)
            written.after = record.entryValue(comment)
            return Written(record, written)
        }
    }

    private static func insert(
        _ request: DecideVersion, _ comment: Digest?, about version: VersionRows.Version, as caller: Caller,
        at now: Int64, _ db: Database
    ) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO decisions (version_id, digest, decision, comment_commitment, decided_at, decided_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                version.id, Data(version.digest.bytes), request.decision.rawValue, comment.map { Data($0.bytes) }, now,
                caller.principal,
            ])
        return db.lastInsertedRowID
    }
}

extension ApprovalRecord {
    /// As the audit log has it; nil where there is nothing to say.
    fileprivate func entryValue(_ comment: Digest?) -> JSONValue? {
        var value: [String: JSONValue] = [:]
        value["comment"] = comment.map(JSONValue.comment)
        value["evidence"] = evidence.map { .string($0.description) }
        value["isComplete"] = isComplete.map(JSONValue.bool)
        return value.isEmpty ? nil : .object(value)
    }
}
