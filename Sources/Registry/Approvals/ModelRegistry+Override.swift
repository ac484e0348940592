import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Asks that an alias may point to a version although its policy refuses it; a second administrator must confirm.
    ///
    /// Throws `four-eyes` for who pushed the version and for what is no person, `nonfinite-version`, or `conflict` for a
    /// version that was rejected.
    package func requestOverride(
        _ request: RequestOverride, for reference: VersionReference, as caller: Caller
    ) async throws -> OverrideRecord {
        guard (10...1000).contains(request.reason.count), !request.reason.unicodeScalars.contains("\0") else {
            throw RegistryError(.invalidRequest, "say why the policy is overridden, in 10 to 1000 characters")
        }
        guard (1...168).contains(request.hours) else {
            throw RegistryError(.invalidRequest, "hours is a number from 1 to 168: an emergency ends within a week")
        }
        let id = RunID(at: clock())
        let alias = try request.alias ?? Alias(Alias.production)
        var refusal = AuditEntry(
            "override.ask", namespace: reference.name.namespace.text, object: "model:\(reference)")
        refusal.after = [
            "alias": .string(alias.text), "override": .string(id.text), "reason": .string(request.reason),
            "hours": .integer(request.hours),
        ]
        return try await writeOnce(caller, refusedAs: refusal) { [refusal] db, now in
            let collection = try CollectionRows.require(.model, reference.name, for: .administer, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            try Self.requireOverridable(version, by: caller, db)
            try db.execute(
                sql: """
                    INSERT INTO overrides (id, version_id, alias, reason, expires_at, asked_at, asked_by)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id.text, version.id, alias.text, request.reason, now + Int64(request.hours) * 3_600_000, now,
                    caller.principal,
                ])
            return Written(
                try OverrideRows.require(id, for: .administer, caller, db), refusal.naming(version, of: collection))
        }
    }

    /// Confirms an override that another administrator asked for; from now on, until it expires, it has an effect.
    package func confirmOverride(_ id: RunID, as caller: Caller) async throws -> OverrideRecord {
        let refusal = AuditEntry("override.confirm", namespace: nil, object: "override:\(id)")
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let asked = try OverrideRows.require(id, for: .administer, caller, db)
            guard asked.confirmed == nil else {
                throw RegistryError(.conflict, "the override \(id) is confirmed already")
            }
            guard now < asked.expiresAt else {
                throw RegistryError(.conflict, "the override \(id) has expired; ask for another one")
            }
            guard asked.asked.by.id != caller.principal else {
                throw RegistryError(.fourEyes, "you asked for the override; another administrator must confirm it")
            }
            let collection = try CollectionRows.require(.model, asked.version.name, db)
            let version = try VersionRows.requirePresent(asked.version.selector, in: collection, db)
            try Self.requireOverridable(version, by: caller, db)
            try db.execute(
                sql: "INSERT INTO override_confirmations (override_id, confirmed_at, confirmed_by) VALUES (?, ?, ?)",
                arguments: [id.text, now, caller.principal])
            var entry = AuditEntry("override.confirm", namespace: nil, object: "").naming(version, of: collection)
            entry.after = [
                "EMERGENCY": "the policy is overridden", "alias": .string(asked.alias.text),
                "asked": .string(asked.asked.by.id), "expires": .integer(asked.expiresAt),
                "override": .string(id.text), "reason": .string(asked.reason),
            ]
            return Written(try OverrideRows.require(id, for: .administer, caller, db), entry)
        }
    }

    private static func requireOverridable(
        _ version: VersionRows.Version, by caller: Caller, _ db: Database
    ) throws {
        guard try PrincipalRecord.fetch(caller.principal, db).kind == .person else {
            throw RegistryError(.fourEyes, "two persons override a policy; this token is not one of a person")
        }
        guard caller.principal != version.createdBy else {
            throw RegistryError(
                .fourEyes, "whoever pushed a version may not override its policy; ask another administrator")
        }
        guard !version.flags.contains("nonfinite") else {
            throw RegistryError(
                .nonfiniteVersion, "the version holds NaN or infinite values: no emergency lets it pass")
        }
        let state = try VersionRows.approval(of: version, db)
        guard state == .pending || state == .approved else {
            throw RegistryError(
                .conflict,
                "the version is \(state.rawValue), and an override does not stand against that; push another one")
        }
    }
}
