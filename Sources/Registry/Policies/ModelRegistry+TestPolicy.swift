import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// What the policy of an alias would say about a version now, without recording it.
    package func policyAnswer(
        of alias: Alias, about reference: VersionReference, as caller: Caller
    ) async throws -> PolicyTest {
        let refusal = AuditEntry(
            "policy.answer", namespace: reference.name.namespace.text, object: "model:\(reference)")
        let now = clock()
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(.model, reference.name, for: .readMetadata, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            return try Self.test(alias, version, collection, at: now, db)
        }
    }

    /// The same as a decision that is kept, so that it can be shown and taken again later.
    package func testPolicy(
        of alias: Alias, about reference: VersionReference, as caller: Caller
    ) async throws -> PolicyTest {
        let refusal = AuditEntry("policy.test", namespace: reference.name.namespace.text, object: "model:\(reference)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let collection = try CollectionRows.require(.model, reference.name, for: .moveAlias, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            let test = try Self.test(alias, version, collection, at: now, db)
            try PolicyDecisionRows.insert(test.decision, version: version.id, by: caller.principal, at: now, db)
            var entry = refusal.naming(version, of: collection)
            entry.after = test.entryValue
            return Written(test, entry)
        }
    }

    /// A decision that was kept.
    package func policyDecision(_ digest: Digest, as caller: Caller) async throws -> PolicyTest {
        let refusal = AuditEntry("policy.decision", namespace: nil, object: "policy-decision:\(digest)")
        return try await read(caller, refusedAs: refusal) { db in
            let (decision, collection) = try PolicyDecisionRows.require(digest, for: .readMetadata, caller, db)
            return try PolicyTest(decision, digest, collection, db)
        }
    }

    private static func test(
        _ alias: Alias, _ version: VersionRows.Version, _ collection: CollectionRows.Collection, at now: Int64,
        _ db: Database
    ) throws -> PolicyTest {
        guard let policy = try PolicyRows.guarding(alias, of: collection, db) else {
            throw RegistryError(
                .notFound, "no policy guards \(collection.name):\(alias), so it may point to any version")
        }
        let facts = try PolicyFacts.gather(version, of: collection, for: alias, at: now, db)
        let override = try OverrideRows.inForce(for: version.id, alias, at: now, db)
        let decision = PolicyDecision(policy.document, facts, override: override)
        return try PolicyTest(decision, decision.canonicalDigest(), collection, db)
    }
}

extension PolicyTest {
    /// A decision, with what an approver sends back and the names of those in it.
    fileprivate init(
        _ decision: PolicyDecision, _ digest: Digest, _ collection: CollectionRows.Collection, _ db: Database
    ) throws {
        let facts = decision.facts
        let people = decision.policy.principals.union(facts.votes.map(\.principal)).union(facts.requesters)
        self.init(
            digest: digest, decision: decision, policy: try decision.policy.digest(),
            evidence: try ApprovalEvidence(facts, policies: PolicyRows.guarding(collection, db)),
            names: try PrincipalRows.names(of: people.union([facts.pushedBy]), db))
    }

    /// As the audit log has it.
    fileprivate var entryValue: JSONValue {
        [
            "alias": .string(decision.facts.alias.text), "decision": .string(digest.description),
            "holds": .bool(decision.holds), "policy": .string(policy.description),
        ]
    }
}
