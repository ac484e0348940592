import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How long a token lives that another system's was exchanged for, in seconds.
    package static let exchangedTokenLife: Int64 = 900

    /// Gives a token of Assay for one that an identity provider signed (RFC 8693).
    ///
    /// The rule of the provider with the most claims that the token meets says whose it is and what it may do. Throws
    /// `identity-refused` with the reason, or `identity-keys-unavailable`.
    package func exchangeIdentityToken(
        _ text: String, keys: FetchedIdentityKeys, requestID: String
    ) async throws -> ExchangedToken {
        let token = try IdentityToken(text)
        let provider = try await database.read { db in try IdentityProviderRows.find(issuer: token.issuer, db) }
        guard let provider else {
            throw RegistryError(
                .identityRefused, "the subject token is not accepted: its issuer is none that this server trusts")
        }
        let key =
            if let address = provider.record.keysURL {
                try await keys.key(
                    token.keyID, at: IdentityKeyPlace(address: address, authorities: provider.record.keysCA))
            } else {
                provider.keys?[token.keyID]
            }
        try token.verify(key, audience: provider.record.audience, kind: provider.record.kind, at: clock())
        let rule = try await database.read { db in try Self.rule(for: token, of: provider, db) }
        return try await issue(for: token, of: provider, by: rule, requestID)
    }

    /// The rule that says most of the claims that the token has.
    private static func rule(
        for token: IdentityToken, of provider: IdentityProviderRows.Stored, _ db: Database
    ) throws -> IdentityRuleRows.Stored {
        let met = try IdentityRuleRows.all(of: provider.id, db).filter { rule in
            rule.record.claims.allSatisfy { token.claim($0.key) == $0.value }
        }
        let most = met.map(\.record.claims.count).max()
        let best = met.filter { $0.record.claims.count == most }
        guard let rule = best.first else {
            throw RegistryError(
                .identityRefused,
                "the token of \(provider.record.name) is genuine, but no identity rule of this server fits it")
        }
        guard best.count == 1 else {
            let names = best.map(\.record.name.text).joined(separator: ", ")
            throw RegistryError(
                .identityRefused,
                "several identity rules fit this token equally: \(names); an admin has to tell them apart")
        }
        return rule
    }

    private func issue(
        for identity: IdentityToken, of provider: IdentityProviderRows.Stored, by rule: IdentityRuleRows.Stored,
        _ requestID: String
    ) async throws -> ExchangedToken {
        let token = APIToken.random()
        let caller = Caller(
            principal: rule.record.principal.id, authentication: "oidc:\(provider.record.name)", requestID: requestID)
        let refusal = AuditEntry("token.exchange", namespace: nil, object: "token:\(token.id)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let isCurrent = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM identity_rules WHERE id = ?)", arguments: [rule.id])
            guard isCurrent == true else { throw RegistryError(.identityRefused, "the identity rule was removed") }
            if !provider.record.allowsReuse { try Self.use(identity, of: provider, at: now, db) }
            try Self.forgetExchanged(at: now, db)
            let record = TokenRecord(
                id: token.id, principal: rule.record.principal, label: "rule \(rule.record.name)", createdAt: now,
                expiresAt: now + Self.exchangedTokenLife * 1000, scopes: rule.record.scopes)
            try TokenRows.insert(record, secretHash: token.secretHash, rule: rule.id, db)
            var entry = refusal
            let recorded = provider.record.kind.recordedClaims.compactMap { name in
                identity.claim(name).map { (name, JSONValue.string(String($0.prefix(200)))) }
            }
            entry.after = [
                "rule": .string(rule.record.name.text),
                "claims": .object(Dictionary(recorded, uniquingKeysWith: { first, _ in first })),
            ]
            return Written(
                ExchangedToken(accessToken: token.revealed, expiresIn: Int(Self.exchangedTokenLife)), entry)
        }
    }

    /// Notes that a provider's token was exchanged; throws `identity-refused` if it was before.
    private static func use(
        _ identity: IdentityToken, of provider: IdentityProviderRows.Stored, at now: Int64, _ db: Database
    ) throws {
        try db.execute(sql: "DELETE FROM used_identity_tokens WHERE forget_at < ?", arguments: [now])
        try db.execute(
            sql: """
                INSERT INTO used_identity_tokens (provider_id, digest, forget_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [provider.id, Data(identity.replayDigest.bytes), identity.forgettableAt])
        guard db.changesCount == 1 else {
            throw RegistryError(
                .identityRefused, "the token of \(provider.record.name) was exchanged before; ask for a new one")
        }
    }

    /// Forgets tokens that were exchanged and ended a day ago, some each time; the audit log keeps what happened.
    private static func forgetExchanged(at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM tokens WHERE id IN (
                    SELECT id FROM tokens WHERE identity_rule_id IS NOT NULL AND expires_at < ? LIMIT 100)
                """, arguments: [now - 86_400_000])
    }
}
