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
        try await prepareSigningKey()
        let wish = ReproductionWish(
            id: RunID(at: clock()), kind: kind, reference: reference, place: place, later: later)
        let limits = jobLimits
        let record = try await writeOnce(caller, refusedAs: wish.entry) { db, now in
            let subject = try wish.subject(caller, db)
            try limits.requireRoom(in: subject.collection.namespace, db)
            let (record, entry) = try queue(wish, subject, for: caller.principal, at: now, db)
            return Written(try withAbsence(record, at: now, db), entry)
        }
        if record.state == .queued { jobs.announce() }
        return record
    }

    /// Records a job that waits, or its verdict where it cannot be carried out.
    func queue(
        _ wish: ReproductionWish, _ subject: ReproductionWish.Subject, for principal: String, at now: Int64,
        _ db: Database
    ) throws -> (ReproductionRecord, AuditEntry) {
        try db.execute(
            sql: """
                INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, compare, needs,
                    variation, scheduled)
                VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                wish.id.text, subject.version.id, wish.kind.rawValue, principal, now, try wish.comparison,
                try subject.run.needs.json(), wish.variation?.description,
                wish.isScheduled,
            ])
        let entry = try entry(of: wish, subject, at: now, db)
        return (try ReproductionRows.require(wish.id, db).record, entry)
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
            let record = try ReproductionRows.require(id, for: .readMetadata, caller, db).record
            return try withAbsence(record, at: clock(), db)
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
