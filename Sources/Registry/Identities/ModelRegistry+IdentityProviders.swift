import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Trusts who signs identities, once rules say which; for server-wide administrators.
    ///
    /// Throws `invalid-request` for an address or key set that cannot be used, `already-exists`.
    package func createIdentityProvider(
        _ request: CreateIdentityProvider, as caller: Caller
    ) async throws -> IdentityProviderRecord {
        try request.check()
        let refusal = AuditEntry(
            "identity-provider.create", namespace: nil, object: "identity-provider:\(request.name)")
        return try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let stored = try IdentityProviderRows.insert(request, by: caller.principal, at: now, db)
            var entry = refusal
            entry.after = try JSONValue(encoding: stored.record)
            return Written(stored.record, entry)
        }
    }

    /// The providers by name; for server-wide administrators.
    package func identityProviders(
        _ page: PageRequest, as caller: Caller
    ) async throws -> Page<IdentityProviderRecord> {
        let refusal = AuditEntry("identity-provider.list", namespace: nil, object: "server")
        return try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let list = "identity-providers"
            let rows = try IdentityProviderRows.all(
                after: try page.key(in: list)?[0] ?? "", limit: page.fetchLimit, db)
            return Page(rows, page, list: list, key: { [$0.record.name.text] }, item: { $0.record })
        }
    }

    /// Replaces the keys that were given for a provider; throws `conflict` for one whose keys are fetched.
    package func setIdentityKeys(
        of name: ResourceName, _ request: SetIdentityKeys, as caller: Caller
    ) async throws -> IdentityProviderRecord {
        let keys = try IdentityKeySet(request.keys)
        let refusal = AuditEntry("identity-provider.set-keys", namespace: nil, object: "identity-provider:\(name)")
        return try await write(caller, refusedAs: refusal) { db, _ in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let before = try IdentityProviderRows.require(name, db)
            guard before.keys != nil else {
                throw RegistryError(.conflict, "the keys of \(name) are fetched from \(before.record.keysURL ?? "")")
            }
            try db.execute(
                sql: "UPDATE identity_providers SET keys = ? WHERE id = ?",
                arguments: [try IdentityProviderRows.text(request.keys), before.id])
            var entry = refusal
            entry.before = .array((before.keys?.ids ?? []).map(JSONValue.string))
            entry.after = .array(keys.ids.map(JSONValue.string))
            return Written(try IdentityProviderRows.require(name, db).record, entry)
        }
    }

    /// Ends the trust in a provider: its rules go, and the tokens that they gave end at once.
    package func removeIdentityProvider(_ name: ResourceName, as caller: Caller) async throws {
        let entry = AuditEntry("identity-provider.remove", namespace: nil, object: "identity-provider:\(name)")
        try await write(caller, refusedAs: entry) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let stored = try IdentityProviderRows.require(name, db)
            for rule in try IdentityRuleRows.all(of: stored.id, db) {
                try IdentityRuleRows.remove(rule.id, at: now, db)
            }
            try db.execute(sql: "DELETE FROM identity_providers WHERE id = ?", arguments: [stored.id])
            return Written((), entry)
        }
    }
}

extension CreateIdentityProvider {
    /// Throws `invalid-request` for what cannot be trusted or fetched.
    fileprivate func check() throws {
        for (name, text) in [("issuer", issuer), ("audience", audience)] {
            guard (1...500).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw RegistryError(
                    .invalidRequest, "the \(name) has 1 to 500 printable ASCII characters without spaces")
            }
        }
        guard (keysURL == nil) != (keys == nil) else {
            throw RegistryError(
                .invalidRequest, "give either the address of the provider's keys or the keys themselves")
        }
        if let keys { _ = try IdentityKeySet(keys) }
        if let keysURL { try Self.check(address: keysURL) }
        guard keysCA == nil || (keysURL?.hasPrefix("https:") == true && keysCA?.utf8.count ?? 0 <= 16 << 10) else {
            throw RegistryError(
                .invalidRequest, "a CA of at most 16 KiB vouches for a server whose keys are fetched by https")
        }
    }

    /// Keys that come over an open network could be anybody's.
    private static func check(address: String) throws {
        let url = URL(string: address)
        let isLocal = ["127.0.0.1", "localhost", "[::1]", "::1"].contains(url?.host?.lowercased() ?? "")
        let isSafe = url?.scheme == "https" || (url?.scheme == "http" && isLocal)
        guard let url, isSafe, url.host?.isEmpty == false, url.user == nil, url.password == nil, url.fragment == nil,
            address.utf8.count <= 500
        else {
            throw RegistryError(
                .invalidRequest,
                "this is not an address to fetch keys from: give https://host/path without a user name and password, or http "
                    + "on this machine")
        }
    }
}
