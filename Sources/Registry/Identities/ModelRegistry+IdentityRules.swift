import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The most claims of a rule.
    private static let mostClaims = 20

    /// Says which tokens of a provider are whom; for server-wide administrators.
    ///
    /// The principal is made if nobody has that name, and gets the roles that the scopes need. Throws `conflict` for a
    /// person or worker, `invalid-request` for claims that name nothing that lasts or a scope of an administrator.
    package func createIdentityRule(
        _ request: CreateIdentityRule, as caller: Caller
    ) async throws -> IdentityRuleRecord {
        try PrincipalRecord.check(name: request.principal)
        try request.check(mostClaims: Self.mostClaims)
        let refusal = AuditEntry("identity-rule.create", namespace: nil, object: "identity-rule:\(request.name)")
        return try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let provider = try IdentityProviderRows.require(request.provider, db)
            let lasting = provider.record.kind.lastingClaims
            guard lasting.contains(where: { request.claims[$0] != nil }) else {
                throw RegistryError(
                    .invalidRequest,
                    "a rule for \(provider.record.kind.rawValue) names \(lasting.joined(separator: " or ")): the names of "
                        + "other claims can become somebody else's")
            }
            let principal = try PrincipalRows.findOrInsert(
                request.principal, provider.record.kind.principalKind, caller, at: now, db)
            guard principal.kind != .person else {
                throw RegistryError(
                    .conflict,
                    "\(principal.name) is a person, and what a person does no CI system may; use another name")
            }
            try WorkerRows.requireNone(principal.id, db)
            for scope in Set(request.scopes).sorted() {
                try Self.grant(scope, to: principal.id, by: caller, at: now, db)
            }
            let rule = try IdentityRuleRows.insert(
                request, provider: provider.id, principal: principal.id, by: caller, at: now, db)
            var entry = refusal
            entry.after = [
                "provider": .string(request.provider.text), "principal": .string(principal.id),
                "claims": .object(request.claims.mapValues(JSONValue.string)),
                "scopes": .array(rule.record.scopes.map { .string($0.description) }),
            ]
            return Written(rule.record, entry)
        }
    }

    /// The rules by name; for server-wide administrators.
    package func identityRules(_ page: PageRequest, as caller: Caller) async throws -> Page<IdentityRuleRecord> {
        let refusal = AuditEntry("identity-rule.list", namespace: nil, object: "server")
        return try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let list = "identity-rules"
            let rows = try IdentityRuleRows.all(after: try page.key(in: list)?[0] ?? "", limit: page.fetchLimit, db)
            return Page(rows, page, list: list, key: { [$0.record.name.text] }, item: { $0.record })
        }
    }

    /// Removes a rule; the tokens that it gave end at once, the roles of its principal stay.
    package func removeIdentityRule(_ name: ResourceName, as caller: Caller) async throws {
        let entry = AuditEntry("identity-rule.remove", namespace: nil, object: "identity-rule:\(name)")
        try await write(caller, refusedAs: entry) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            try IdentityRuleRows.remove(IdentityRuleRows.require(name, db).id, at: now, db)
            return Written((), entry)
        }
    }

    /// Gives a principal the role of a scope where none of its roles covers it.
    private static func grant(
        _ scope: TokenScope, to principal: String, by caller: Caller, at now: Int64, _ db: Database
    ) throws {
        let namespace = try TokenRows.namespace(of: scope, db)
        let held = try String.fetchAll(
            db, sql: "SELECT role FROM memberships WHERE principal_id = ? AND namespace_id IN (0, ?)",
            arguments: [principal, namespace])
        guard !held.contains(where: { Role(rawValue: $0)?.covers(scope.role) == true }) else { return }
        try MembershipRows.begin(scope.role, of: principal, in: namespace, by: caller.principal, at: now, db)
    }
}

extension CreateIdentityRule {
    /// Throws `invalid-request` for a rule that no token could meet, or that gives too much.
    fileprivate func check(mostClaims: Int) throws {
        guard (1...mostClaims).contains(claims.count),
            claims.allSatisfy({ (1...200).contains($0.utf8.count) && (1...500).contains($1.utf8.count) })
        else {
            throw RegistryError(
                .invalidRequest,
                "a rule has 1 to \(mostClaims) claims, with names of up to 200 and values of up to 500 bytes")
        }
        guard (1...TokenScope.most).contains(scopes.count) else {
            throw RegistryError(.invalidRequest, "a rule has 1 to \(TokenScope.most) scopes")
        }
        guard !scopes.contains(where: { $0.role == .admin }) else {
            throw RegistryError(.invalidRequest, "a token of another system never makes an administrator")
        }
    }
}
