import GRDB
import RegistryTypes

extension ApprovalRecord {
    /// The decisions about a version, oldest first: approvals of each person, rejections and withdrawals.
    ///
    /// What came in the same millisecond stays in its order: an approval knows the last rejection or withdrawal before it.
    static func fetchAll(of version: Int64, _ db: Database) throws -> [ApprovalRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT taken.*, versions.digest, coalesce(comments.text, taken.old_comment) AS comment,
                        \(PrincipalRecord.columns)
                    FROM (
                        SELECT 'approve' AS decision, vote.version_id, vote.after_decision AS place, vote.id,
                            vote.evidence, vote.decision_id IS NOT NULL AS is_complete, vote.voted_at AS at,
                            vote.voted_by AS by, vote.comment AS commitment, decisions.comment AS old_comment
                        FROM approval_votes AS vote LEFT JOIN decisions ON decisions.id = decision_id
                        WHERE vote.version_id = ?
                        UNION ALL
                        SELECT decision, version_id, id, 0, NULL, NULL, decided_at, decided_by, comment_commitment, comment
                        FROM decisions WHERE version_id = ? AND decision <> 'approve'
                    ) AS taken
                    JOIN versions ON versions.id = taken.version_id
                    LEFT JOIN comments ON comments.commitment = taken.commitment
                    \(PrincipalRecord.join("taken.by"))
                    ORDER BY place, taken.id
                    """), arguments: [version, version]
        ).map { row in
            let evidence = try (row["evidence"] as String?).map { try JSONParser.parse($0.utf8).canonicalDigest() }
            return ApprovalRecord(
                decision: try row.choice("decision"), digest: try row.digest("digest"),
                principal: try PrincipalRecord(row: row), comment: row["comment"], at: row["at"], evidence: evidence,
                isComplete: row["is_complete"])
        }
    }
}
