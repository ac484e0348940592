import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Queues a job that repeats the run behind a version; what cannot be repeated has its verdict at once.
    package func requestReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in place: CollectionKind = .model,
        tolerances later: Recipe.Comparison? = nil, as caller: Caller
    ) async throws -> ReproductionRecord {
        try later?.check()
        let id = RunID(at: clock())
        try await prepareSigningKey()
        var refusal = AuditEntry(
            "reproduction.request", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        var facts: [String: JSONValue] = ["kind": .string(kind.rawValue), "reproduction": .string(id.text)]
        if later != nil { facts["tolerance"] = "post-hoc" }
        refusal.after = .object(facts)
        let limits = jobLimits
        let record = try await writeOnce(caller, refusedAs: refusal) { [refusal, facts] db, now in
            let collection = try CollectionRows.require(place, reference.name, for: .reproduce, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            let run = try OriginalRun.of(version, db)
            try Self.requireInputs(of: run, caller, db)
            try limits.requireRoom(in: collection.namespace, db)
            try db.execute(
                sql: """
                    INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, compare, needs)
                    VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)
                    """,
                arguments: [
                    id.text, version.id, kind.rawValue, caller.principal, now,
                    try later.map { String(decoding: try StrictJSON.encode($0), as: UTF8.self) },
                    try JobNeeds(run.recipe?.resources ?? .init()).json(),
                ])
            var entry = refusal.naming(version, of: collection, place)
            if let verdict = run.obstacle(to: kind) {
                let statement = try conclude(try ReproductionRows.require(id, db), with: verdict, at: now, db)
                entry.after = .object(
                    facts.merging([
                        "verdict": .string(verdict.verdict.rawValue), "statement": .string(statement.description),
                    ]) { $1 })
            }
            return Written(try ReproductionRows.require(id, db).record, entry)
        }
        if record.state == .queued { jobs.announce() }
        return record
    }

    /// A job prints what it reads: whoever asks for one must see the datasets that the run read.
    static func requireInputs(of run: OriginalRun, _ caller: Caller, _ db: Database) throws {
        for input in run.recipe?.inputs ?? [] {
            _ = try Namespaces.require(input.dataset.name.namespace, for: .readMetadata, caller, db)
        }
    }

    /// Asks for the end of a reproduction: a waiting one ends now, a running one as soon as its worker hears of it.
    package func cancelReproduction(_ id: RunID, as caller: Caller) async throws -> ReproductionRecord {
        let stored = try await database.read { try ReproductionRows.require(id, $0) }
        let entry = AuditEntry(
            "reproduction.cancel", namespace: stored.record.version.name.namespace.text, object: "reproduction:\(id)")
        return try await write(caller, refusedAs: entry) { db, now in
            let stored = try ReproductionRows.require(id, for: .reproduce, caller, db)
            switch stored.record.state {
            case .queued: try ReproductionRows.end(id, with: nil, run: nil, at: now, db)
            // Nobody else hears of it.
            case .running where stored.local != nil: try ReproductionRows.end(id, with: nil, run: nil, at: now, db)
            case .running:
                try db.execute(
                    sql: "UPDATE reproductions SET cancel_requested = 1 WHERE id = ?", arguments: [id.text])
            case .done, .cancelled: return Written(unchanged: stored.record)
            }
            return Written(try ReproductionRows.require(id, db).record, entry)
        }
    }

    /// One reproduction.
    package func reproduction(_ id: RunID, as caller: Caller) async throws -> ReproductionRecord {
        let refusal = AuditEntry("reproduction.show", namespace: nil, object: "reproduction:\(id)")
        return try await read(caller, refusedAs: refusal) { db in
            try ReproductionRows.require(id, for: .readMetadata, caller, db).record
        }
    }

    /// The reproductions of a version, newest first.
    package func reproductions(
        of reference: VersionReference, in place: CollectionKind = .model, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<ReproductionRecord> {
        let refusal = AuditEntry(
            "reproduction.list", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(place, reference.name, for: .readMetadata, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            let list = "reproductions"
            let rows = try ReproductionRows.of(
                version: version.id, before: page.key(in: list)?[0], limit: page.fetchLimit, db)
            return Page(rows, page, list: list, key: { [$0.id.text] }, item: { $0 })
        }
    }
}
