import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Sets the policy of a namespace, or of one alias in it; one without a document ends it.
    ///
    /// Throws `invalid-policy` for one that does not hold together, or names principals that do not exist.
    package func setPolicy(
        _ request: SetPolicy, in namespace: ResourceName, as caller: Caller
    ) async throws -> [PolicyRecord] {
        guard request.model == nil || request.alias != nil else {
            throw RegistryError(.invalidRequest, "a policy of one model is for one of its aliases; name it")
        }
        try request.policy?.check()
        let name = request.model.map { QualifiedName(namespace: namespace, name: $0) }
        let object = name.map { "model:\($0)" } ?? "namespace:\(namespace)"
        let refusal = AuditEntry(
            "policy.set", namespace: namespace.text, object: object + (request.alias.map { ":\($0)" } ?? ""))
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let id = try Namespaces.require(namespace, for: .administer, caller, db)
            let collection = try name.map { try CollectionRows.require(.model, $0, db).id }
            try Self.requirePrincipals(request.policy, db)
            let before = try PolicyRecord.read(PolicyRows.inForce(in: id, db), db)
                .first { $0.model == request.model && $0.alias == request.alias }
            let digest = try PolicyRows.insert(
                request, namespace: id, collection: collection, by: caller.principal, at: now, db)
            var entry = refusal
            entry.digest = digest
            entry.before = .optional(before?.digest?.description)
            entry.after = .optional(digest?.description)
            return Written(try PolicyRecord.read(PolicyRows.inForce(in: id, db), db), entry)
        }
    }

    /// The policies of a namespace that are in force.
    package func policies(in namespace: ResourceName, as caller: Caller) async throws -> [PolicyRecord] {
        let refusal = AuditEntry("policy.show", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .readMetadata, caller, db)
            return try PolicyRecord.read(PolicyRows.inForce(in: id, db), db)
        }
    }

    /// The policies that were ever set in a namespace, newest first; one without a document ended another.
    package func policyHistory(
        in namespace: ResourceName, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<PolicyRecord> {
        let refusal = AuditEntry("policy.history", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .readMetadata, caller, db)
            let list = "policies"
            let rows = try PolicyRows.history(in: id, before: page.number(in: list), limit: page.fetchLimit, db)
            let records = try PolicyRecord.read(rows, db)
            return Page(
                Array(zip(rows, records)), page, list: list, key: { [String($0.0["id"] as Int64)] }, item: \.1)
        }
    }

    private static func requirePrincipals(_ policy: PolicyDocument?, _ db: Database) throws {
        let wanted = policy?.principals ?? []
        let known = try PrincipalRows.names(of: wanted, db)
        guard let stranger = wanted.sorted().first(where: { known[$0] == nil }) else { return }
        throw RegistryError(.invalidPolicy, "groups names the principal \(stranger), whom nobody knows")
    }
}
