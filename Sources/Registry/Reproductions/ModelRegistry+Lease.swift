import AuditLog
import Foundation
import GRDB
package import RegistryTypes

/// A job that a worker may carry out now, with the token that is good for it alone.
package struct LeasedJob: Sendable {
    package let id: RunID
    package let token: APIToken
}

extension ModelRegistry {
    /// Seconds without a heartbeat after which a job is taken from its worker.
    package static let leaseSeconds = 30
    /// How often a job is started when its workers get lost.
    static let mostAttempts = 3
    /// The life of a job's token, in milliseconds; longer than any job, and shortened when the job ends.
    private static let tokenLife: Int64 = 7 * 86_400_000

    /// Gives the oldest waiting job that suits a worker to it, those of people before those of schedules; nil if none waits, or
    /// enough are running. Jobs of lost workers wait again first, unless they were lost too often.
    package func leaseJob(to worker: Worker = .embedded) async throws -> LeasedJob? {
        try await endHopelessJobs()
        let beat = leaseClock.now
        let (staleSince, limit) = (beat - Self.lease, jobLimits.running)
        let isIdle = try await database.read {
            try Self.nextJob(for: worker, staleSince: staleSince, limit: limit, $0) == nil
        }
        if isIdle { return nil }
        let token = APIToken.random()
        let entry = AuditEntry("reproduction.start", namespace: nil, object: "reproduction")
        return try await write(.server, refusedAs: entry) { db, now in
            guard let id = try Self.nextJob(for: worker, staleSince: staleSince, limit: limit, db) else {
                return Written(unchanged: nil)
            }
            try WorkerRows.insertIfEmbedded(worker, at: now, db)
            let stored = try ReproductionRows.require(id, db)
            var entry = AuditEntry(
                "reproduction.start", namespace: stored.record.version.name.namespace.text,
                object: "reproduction:\(id)", digest: stored.record.versionDigest)
            try db.execute(
                sql: """
                    UPDATE reproductions SET state = 'running', started_at = ?, heartbeat_at = ?, attempts = attempts + 1,
                        worker_id = ?, lease = ?, phase = 'fetching' WHERE id = ?
                    """,
                arguments: [now, beat, worker.principal, token.id, id.text])
            try db.execute(sql: "DELETE FROM reproduction_log WHERE reproduction_id = ?", arguments: [id.text])
            try Self.replaceToken(of: id, by: token, for: worker, at: now, db)
            entry.after = [
                "attempt": .integer(stored.attempts + 1), "worker": .string(worker.principal),
            ]
            return Written(LeasedJob(id: id, token: token), entry)
        }
    }

    /// The latest sign of life of a running job that is written down; nil if there is none.
    static func lastHeartbeat(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT max(heartbeat_at) FROM reproductions WHERE state = 'running' AND heartbeat_at > 0")
    }

    /// The same in milliseconds.
    static var lease: Int64 { Int64(leaseSeconds) * 1000 }

    private static func nextJob(
        for worker: Worker, staleSince: Int64, limit: Int, _ db: Database
    ) throws -> RunID? {
        let running = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM reproductions
                    WHERE state = 'running' AND heartbeat_at >= ? AND reserved_for IS NULL
                    """),
            arguments: [staleSince])
        guard running ?? 0 < limit else { return nil }
        let waiting = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, needs FROM reproductions
                    WHERE state IN ('queued', 'running') AND (state = 'queued' OR heartbeat_at < ? AND attempts < ?)
                    ORDER BY scheduled, id
                    """), arguments: [staleSince, mostAttempts])
        while let row = try waiting.next() {
            let needs = try JSONDecoder().decode(JobNeeds.self, from: Data((row["needs"] as String).utf8))
            if needs.areMet(by: worker.labels) { return try RunID(row["id"] as String) }
        }
        return nil
    }

    static func replaceToken(
        of id: RunID, by token: APIToken, for worker: Worker, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE tokens SET revoked_at = ? WHERE reproduction_id = ? AND revoked_at IS NULL",
            arguments: [now, id.text])
        try db.execute(
            sql: """
                INSERT INTO tokens (id, principal_id, secret_hash, label, created_at, expires_at, reproduction_id)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.id, worker.principal, Data(token.secretHash), "job \(id)", now, now + tokenLife, id.text,
            ])
    }

    /// Keeps the lease of a job; tells whether its end was asked for. Not an event: there is no audit entry.
    package func heartbeat(
        _ id: RunID, _ phase: ReproductionRecord.Phase? = nil, as caller: Caller
    ) async throws -> JobHeartbeat {
        let beat = leaseClock.now
        return try await keepBooks { db, now in
            let stored = try Self.requireJob(id, caller, db)
            try db.execute(
                sql: "UPDATE reproductions SET heartbeat_at = ?, phase = coalesce(?, phase) WHERE id = ?",
                arguments: [beat, phase?.rawValue, id.text])
            try db.execute(
                sql: "UPDATE workers SET last_seen_at = ? WHERE principal_id = ?", arguments: [now, caller.principal])
            return JobHeartbeat(cancelled: stored.isCancelRequested)
        }
    }

    /// Gives a job back whose worker ends; another one may take it at once.
    ///
    /// - Parameter wasStopped: whether the worker was told to end, so that the attempt does not count.
    package func returnJob(_ id: RunID, wasStopped: Bool, as caller: Caller) async throws {
        try await keepBooks { db, _ in
            _ = try Self.requireJob(id, caller, db)
            try db.execute(
                sql: "UPDATE reproductions SET heartbeat_at = 0, lease = NULL, attempts = attempts - ? WHERE id = ?",
                arguments: [wasStopped ? 1 : 0, id.text])
        }
        jobs.announce()
    }

    /// Takes all jobs from a worker that is known to be gone.
    package func returnJobs(of worker: Worker, wasStopped: Bool) async throws {
        try await keepBooks { db, _ in
            try db.execute(
                sql: """
                    UPDATE reproductions SET heartbeat_at = 0, lease = NULL, attempts = attempts - ?
                    WHERE worker_id = ? AND state = 'running' AND lease IS NOT NULL
                    """,
                arguments: [wasStopped ? 1 : 0, worker.principal])
        }
        jobs.announce()
    }

    /// Finds the running job that the caller's token is for.
    static func requireJob(_ id: RunID, _ caller: Caller, _ db: Database) throws -> ReproductionRows.Stored {
        guard caller.job == id else { throw RegistryError(.forbidden, "only the token of the job \(id) opens it") }
        let stored = try ReproductionRows.require(id, db)
        guard stored.record.state == .running else {
            throw RegistryError(.conflict, "the job \(id) is \(stored.record.state.rawValue); there is nothing to do")
        }
        guard stored.lease.map({ caller.authentication == "token:\($0)" }) == true else {
            throw RegistryError(.conflict, "the job \(id) was taken from this worker; there is nothing to do")
        }
        return stored
    }
}
