import Foundation
import GRDB
import RegistryTypes

/// The rows of decisions, with all that they rest on.
enum PolicyDecisionRows {
    /// Records a decision by its digest; the same one twice is one.
    @discardableResult
    static func insert(
        _ decision: PolicyDecision, version: Int64, by principal: String, at now: Int64, _ db: Database
    ) throws -> Digest {
        let bytes = try decision.canonicalJSON()
        let digest = Digest.of(bytes)
        try db.execute(
            sql: """
                INSERT INTO policy_decisions (digest, version_id, document, decided_at, decided_by)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, arguments: [Data(digest.bytes), version, bytes, now, principal])
        return digest
    }

    /// A decision, for who may know of its version.
    static func require(
        _ digest: Digest, for permission: Permission, _ caller: Caller, _ db: Database
    ) throws -> (decision: PolicyDecision, collection: CollectionRows.Collection) {
        let thing = "policy decision \(digest)"
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT policy_decisions.document, collection_id, namespace_id, namespaces.name AS namespace, collections.name
                    FROM policy_decisions JOIN versions ON versions.id = version_id
                    JOIN collections ON collections.id = collection_id
                    JOIN namespaces ON namespaces.id = namespace_id WHERE policy_decisions.digest = ?
                    """), arguments: [Data(digest.bytes)])
        guard let row else { throw RegistryError.absent(thing) }
        try Authorization.require(permission, caller, namespace: row["namespace_id"], hiding: thing, db)
        return (
            try JSONDecoder().decode(PolicyDecision.self, from: row["document"] as Data),
            CollectionRows.Collection(
                id: row["collection_id"], namespace: row["namespace_id"], name: try row.qualifiedName())
        )
    }
}
