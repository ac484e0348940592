import GRDB
import RegistryTypes

/// The requests for approval that wait: nothing was decided about their versions since.
enum OpenRequestRows {
    /// The requests behind one of them, those that wait longest first.
    ///
    /// They are walked through in their own order, so that a page reads little more than it shows.
    /// - Parameter namespace: the only namespace to look at; nil for all in which the caller may know of versions.
    static func fetch(
        in namespace: Int64?, after id: Int64?, limit: Int, for caller: Caller, _ db: Database
    ) throws -> [Row] {
        let (place, arguments): (String, StatementArguments) =
            if let namespace {
                ("collections.namespace_id = ?", [namespace])
            } else {
                (
                    Authorization.conditionOnMany(.readMetadata, "collections.namespace_id"),
                    [caller.holder, caller.holder]
                )
            }
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT request.id AS request, requested_at, versions.id AS version, versions.number, versions.digest,
                        versions.artifact, versions.created_by, comments.text AS comment, namespaces.name AS namespace,
                        collections.name, \(PolicyRows.digest(ofAlias: "'\(Alias.production)'")) AS policy,
                        \(PrincipalRecord.columns)
                    FROM approval_requests AS request
                    CROSS JOIN versions ON versions.id = request.version_id
                    CROSS JOIN collections ON collections.id = versions.collection_id
                    CROSS JOIN namespaces ON namespaces.id = collections.namespace_id
                    LEFT JOIN comments ON comments.commitment = request.comment
                    \(PrincipalRecord.join("request.requested_by"))
                    WHERE request.id > ?
                        AND NOT EXISTS (SELECT 1 FROM decisions
                                        WHERE decisions.version_id = request.version_id
                                            AND decisions.id > request.after_decision)
                        AND \(VersionRows.isPresent("versions.id")) AND \(place)
                    ORDER BY request.id LIMIT ?
                    """), arguments: [id ?? 0] + arguments + [limit])
    }

    /// Reads rows with what all of their policies say of votes and verdicts, in a fixed number of queries.
    static func read(_ rows: [Row], at now: Int64, _ db: Database) throws -> [OpenApprovalRequest] {
        let versions = Array(Set(rows.map { $0["version"] as Int64 }))
        let votes = try VoteRows.standing(for: versions, db)
        let requesters = try VoteRows.requesters(for: versions, db)
        let verdicts = try PolicyFacts.verdicts(of: versions, db)
        let policies = try PolicyRows.documents(Set(rows.compactMap { try $0.optionalDigest("policy") }), db)
        return try rows.map { row in
            let (id, version): (Int64, VersionReference) = (
                row["version"], VersionReference(name: try row.qualifiedName(), selector: .number(row["number"]))
            )
            // What was rejected or withdrawn before waits as if it was new.
            var facts = PolicyFacts(
                at: now, alias: try Alias(Alias.production), version: version, digest: try row.digest("digest"),
                artifact: try row.digest("artifact"), pushedBy: row["created_by"], flags: [], hasSource: false,
                state: .pending)
            facts.votes = votes[id] ?? []
            facts.requesters = requesters[id] ?? []
            facts.verdicts = verdicts[id] ?? []
            let policy = try row.optionalDigest("policy").flatMap { policies[$0] }
            let evaluation = PolicyEvaluation(policy ?? .builtIn, facts)
            return OpenApprovalRequest(
                version: version, digest: facts.digest, principal: try PrincipalRecord(row: row),
                comment: row["comment"], at: row["requested_at"], approvals: evaluation.approvers.count,
                needed: evaluation.neededApprovals, answers: evaluation.answersOfVotesAndVerdicts)
        }
    }
}
