import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Moves an alias of a model or dataset to a version, or removes it.
    ///
    /// `expected` is the number that the alias must point to now, 0 if it must not exist; nil asks for nothing. An
    /// alias that points there already is not moved again. An alias of a model that a policy guards moves only where the
    /// policy holds; its decision is kept, also where it says no.
    package func moveAlias(
        _ alias: Alias, of name: QualifiedName, kind: CollectionKind = .model, to number: Int?, expected: Int? = nil,
        as caller: Caller
    ) async throws -> AliasRecord {
        try await move(
            AliasMove(
                alias: alias, name: name, kind: kind, target: number.map { .version($0) } ?? .nowhere,
                expected: expected), as: caller)
    }

    /// Takes the last move of an alias back that was not taken back yet: it points to where it pointed before.
    ///
    /// The policy must hold there too, but the version is not compared with the one that is left.
    package func rollBackAlias(
        _ alias: Alias, of name: QualifiedName, kind: CollectionKind = .model, expected: Int? = nil, as caller: Caller
    ) async throws -> AliasRecord {
        try await move(
            AliasMove(alias: alias, name: name, kind: kind, target: .back, expected: expected), as: caller)
    }

    private func move(_ move: AliasMove, as caller: Caller) async throws -> AliasRecord {
        let outcome: Result<AliasRecord, RegistryError> = try await write(caller, refusedAs: move.refusal) { db, now in
            let collection = try CollectionRows.require(move.kind, move.name, for: .moveAlias, caller, db)
            let place = try AliasRows.place(of: move.alias, in: collection.id, db)
            let present = try place?.version.map { try VersionRows.require(row: $0, db) }
            try Self.checkExpectation(of: move, present)
            let (version, previous) = try Self.target(of: move, from: place, in: collection, db)
            var entry = AuditEntry(
                move.action, namespace: collection.name.namespace.text,
                object: "\(move.kind.rawValue):\(collection.name):\(move.alias)", digest: version?.digest,
                before: present.map { .integer($0.number) } ?? .null,
                after: version.map { .integer($0.number) } ?? .null)
            var decided: (digest: Digest, override: RunID?)?
            if let version, version.id != present?.id {
                let guarded = try Self.decide(move, to: version, of: collection, as: caller, at: now, db)
                if let refused = guarded?.error {
                    entry.action += ".refuse"
                    entry.after = [
                        "code": .string(refused.code.rawValue), "request": entry.after ?? .null,
                        "decision": .optional(guarded?.digest.description),
                    ]
                    return Written(.failure(refused), entry)
                }
                decided = guarded.map { ($0.digest, $0.override) }
            }
            if version?.id != present?.id {
                try AliasRows.insert(
                    move, of: collection.id, to: version?.id, previous: previous, decision: decided?.digest,
                    override: decided?.override, by: caller.principal, at: now, db)
            }
            if let decided, let version {
                var after: [String: JSONValue] = [
                    "version": .integer(version.number), "decision": .string(decided.digest.description),
                ]
                if let override = decided.override {
                    after["EMERGENCY"] = "the policy is overridden"
                    after["override"] = .string(override.text)
                }
                entry.after = .object(after)
            }
            guard let last = try AliasRows.history(of: move.alias, in: collection.id, limit: 1, db).first else {
                throw RegistryError(.internalError, "the move of \(move.alias) is not there")
            }
            return Written(.success(try AliasRecord(row: last)), entry)
        }
        return try outcome.get()
    }

    private static func checkExpectation(of move: AliasMove, _ present: VersionRows.Version?) throws {
        guard move.expected == nil || move.expected == (present?.number ?? 0) else {
            throw RegistryError(
                .preconditionFailed,
                "\(move.alias) points to \(present.map { "version \($0.number)" } ?? "nothing") by now; look again")
        }
    }

    /// The version that an alias shall point to, and the move that comes back when this one is taken back.
    private static func target(
        of move: AliasMove, from place: AliasRows.Place?, in collection: CollectionRows.Collection, _ db: Database
    ) throws -> (version: VersionRows.Version?, previous: Int64) {
        switch move.target {
        case .version(let number):
            return (try VersionRows.requirePresent(.number(number), in: collection, db), place?.move ?? 0)
        case .nowhere:
            guard place?.version != nil else {
                throw RegistryError(.notFound, "\(collection.name) has no alias \(move.alias)")
            }
            return (nil, place?.move ?? 0)
        case .back:
            guard let place else {
                throw RegistryError(.notFound, "\(collection.name) has never had an alias \(move.alias)")
            }
            guard let before = try AliasRows.place(before: place, db), let row = before.version else {
                throw RegistryError(
                    .conflict, "\(move.alias) of \(collection.name) pointed to no version before, so it cannot go back")
            }
            let number = try VersionRows.require(row: row, db).number
            return (
                try VersionRows.requirePresent(.number(number), in: collection, db),
                try AliasRows.place(before: before, db)?.move ?? 0
            )
        }
    }

    /// What the policy of an alias decides, kept; nil where nothing guards it.
    private static func decide(
        _ move: AliasMove, to version: VersionRows.Version, of collection: CollectionRows.Collection,
        as caller: Caller, at now: Int64, _ db: Database
    ) throws -> (digest: Digest, override: RunID?, error: RegistryError?)? {
        guard move.kind == .model, let policy = try PolicyRows.guarding(move.alias, of: collection, db) else {
            return nil
        }
        let isRollback = if case .back = move.target { true } else { false }
        let facts = try PolicyFacts.gather(
            version, of: collection, for: move.alias, at: now, isRollback: isRollback, db)
        var decision = PolicyDecision(policy.document, facts)
        if !decision.holds {
            decision.override = try OverrideRows.inForce(for: version.id, move.alias, at: now, db)
        }
        let digest = try PolicyDecisionRows.insert(
            decision, version: version.id, by: caller.principal, at: now, db)
        return (digest, decision.holds ? nil : decision.override, decision.refusal(digest))
    }
}

extension PolicyDecision {
    /// The error that says no; nil where the alias may move.
    fileprivate func refusal(_ digest: Digest) -> RegistryError? {
        guard !allows else { return nil }
        let (alias, version) = (facts.alias, facts.version)
        let details = [
            "decision": digest.description, "rules": answers.filter { !$0.passed }.map(\.rule).joined(separator: " "),
        ]
        if facts.flags.contains("nonfinite") {
            return RegistryError(
                .nonfiniteVersion, "\(version) holds NaN or infinite values: \(alias) can never point to it",
                details: details)
        }
        if policy == .builtIn, facts.state != .approved {
            return RegistryError(
                .versionNotApproved,
                "\(alias) is protected: \(version) must be approved first, with `assay approve`", details: details)
        }
        return RegistryError(
            .policyViolated,
            "the policy of \(alias) does not hold for \(version): \(failures.joined(separator: "; ")). "
                + "`assay policy test \(version) --alias \(alias)` explains it", details: details)
    }
}
