import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Begins a reproduction that whoever asks for it carries out, with the token of that one job.
    ///
    /// No worker ever gets it. One whose caller is lost ends as `worker-lost` soon after its lease has run out.
    package func beginLocalReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in place: CollectionKind = .model,
        tolerances later: Recipe.Comparison? = nil, as caller: Caller
    ) async throws -> LocalReproduction {
        try later?.check()
        try await prepareSigningKey()
        let (token, beat) = (APIToken.random(), leaseClock.now)
        let wish = ReproductionWish(
            id: RunID(at: clock()), kind: kind, reference: reference, place: place, later: later,
            local: caller.principal)
        return try await write(caller, refusedAs: wish.entry) { db, now in
            let subject = try wish.subject(caller, db)
            try db.execute(
                sql: """
                    INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, compare,
                        reserved_for, started_at, heartbeat_at, attempts, lease)
                    VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    wish.id.text, subject.version.id, kind.rawValue, caller.principal, now, try wish.comparison,
                    caller.principal, now, beat, Self.mostAttempts, token.id,
                ])
            let entry = try entry(of: wish, subject, at: now, db)
            let record = try ReproductionRows.require(wish.id, db).record
            guard record.state == .running else {
                return Written(LocalReproduction(record: record, token: nil), entry)
            }
            try WorkerRows.insertIfEmbedded(.embedded, at: now, db)
            try Self.replaceToken(of: wish.id, by: token, for: .embedded, at: now, db)
            return Written(LocalReproduction(record: record, token: token.revealed), entry)
        }
    }
}
