import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Queues a job that repeats the run behind a version; what cannot be repeated has its verdict at once.
    package func requestReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, as caller: Caller
    ) async throws -> ReproductionRecord {
        let id = RunID(at: clock())
        var refusal = AuditEntry(
            "reproduction.request", namespace: reference.name.namespace.text, object: "model:\(reference)")
        refusal.after = ["kind": .string(kind.rawValue), "reproduction": .string(id.text)]
        let record = try await writeOnce(caller, refusedAs: refusal) { [refusal] db, now in
            let collection = try CollectionRows.require(.model, reference.name, db)
            try Authorization.require(.reproduce, caller, namespace: collection.namespace, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            let run = try OriginalRun.of(version, db)
            try Self.requireInputs(of: run, caller, db)
            try db.execute(
                sql: """
                    INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at)
                    VALUES (?, ?, ?, 'queued', ?, ?)
                    """,
                arguments: [id.text, version.id, kind.rawValue, caller.principal, now])
            if let verdict = run.obstacle(to: kind) {
                try ReproductionRows.end(id, with: verdict, run: nil, at: now, db)
            }
            var entry = refusal
            entry.digest = version.digest
            return Written(try ReproductionRows.require(id, db).record, entry)
        }
        if record.state == .queued { jobs.announce() }
        return record
    }

    /// A job prints what it reads: whoever asks for one must see the datasets that the run read.
    private static func requireInputs(of run: OriginalRun, _ caller: Caller, _ db: Database) throws {
        for input in run.recipe?.inputs ?? [] {
            try Authorization.require(
                .readMetadata, caller, namespace: Namespaces.require(input.dataset.name.namespace, db), db)
        }
    }

    /// Asks for the end of a reproduction: a waiting one ends now, a running one as soon as its worker hears of it.
    package func cancelReproduction(_ id: RunID, as caller: Caller) async throws -> ReproductionRecord {
        let namespace = try await database.read { try ReproductionRows.require(id, $0).record.version.name.namespace }
        let entry = AuditEntry("reproduction.cancel", namespace: namespace.text, object: "reproduction:\(id)")
        return try await write(caller, refusedAs: entry) { db, now in
            let stored = try ReproductionRows.require(id, db)
            try Authorization.require(.reproduce, caller, namespace: stored.namespace, db)
            switch stored.record.state {
            case .queued: try ReproductionRows.end(id, with: nil, run: nil, at: now, db)
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
        try await database.read { db in
            let stored = try ReproductionRows.require(id, db)
            try Authorization.require(.readMetadata, caller, namespace: stored.namespace, db)
            return stored.record
        }
    }

    /// The reproductions of a version, newest first.
    package func reproductions(
        of reference: VersionReference, before cursor: RunID?, limit: Int, as caller: Caller
    ) async throws -> [ReproductionRecord] {
        try await database.read { db in
            let collection = try CollectionRows.require(.model, reference.name, db)
            try Authorization.require(.readMetadata, caller, namespace: collection.namespace, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            return try ReproductionRows.of(version: version.id, before: cursor, limit: limit, db)
        }
    }
}
