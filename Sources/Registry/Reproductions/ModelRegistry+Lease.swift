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
    /// The identity of workers: it has no role anywhere, its tokens open one job.
    static let workerPrincipal = "p_worker"
    /// The life of a job's token, in milliseconds; longer than any job, and shortened when the job ends.
    private static let tokenLife: Int64 = 7 * 86_400_000

    /// Gives the oldest waiting job to a worker; nil if none waits. Jobs of lost workers wait again first.
    package func leaseJob() async throws -> LeasedJob? {
        let beat = leaseClock.now
        let isIdle = try await database.read { try Self.nextJob(staleSince: beat - Self.lease, $0) == nil }
        if isIdle { return nil }
        let token = APIToken.random()
        try await prepareSigningKey()
        let entry = AuditEntry("reproduction.start", namespace: nil, object: "reproduction")
        return try await write(.server, refusedAs: entry) { db, now in
            guard let id = try Self.nextJob(staleSince: beat - Self.lease, db) else { return Written(unchanged: nil) }
            let stored = try ReproductionRows.require(id, db)
            var entry = AuditEntry(
                "reproduction.start", namespace: stored.record.version.name.namespace.text,
                object: "reproduction:\(id)", digest: stored.record.versionDigest)
            guard stored.attempts < Self.mostAttempts else {
                guard let verdict = Self.lostWorkers(stored) else {
                    try ReproductionRows.end(id, with: nil, run: nil, at: now, db)
                    return Written(nil, stored.endEntry(nil))
                }
                let statement = try conclude(stored, with: verdict, at: now, db)
                return Written(nil, stored.endEntry(verdict, statement: statement))
            }
            try db.execute(
                sql: """
                    UPDATE reproductions SET state = 'running', started_at = ?, heartbeat_at = ?, attempts = attempts + 1
                    WHERE id = ?
                    """,
                arguments: [now, beat, id.text])
            try db.execute(sql: "DELETE FROM reproduction_log WHERE reproduction_id = ?", arguments: [id.text])
            try Self.replaceToken(of: id, by: token, at: now, db)
            entry.after = ["attempt": .integer(stored.attempts + 1)]
            return Written(LeasedJob(id: id, token: token), entry)
        }
    }

    /// The latest sign of life of a running job that is written down.
    static func lastHeartbeat(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(heartbeat_at) FROM reproductions WHERE state = 'running'") ?? 0
    }

    private static var lease: Int64 { Int64(leaseSeconds) * 1000 }

    private static func nextJob(staleSince: Int64, _ db: Database) throws -> RunID? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM reproductions
                    WHERE state IN ('queued', 'running') AND (state = 'queued' OR heartbeat_at < ?) ORDER BY id LIMIT 1
                    """), arguments: [staleSince]
        ).map { try RunID($0) }
    }

    private static func lostWorkers(_ stored: ReproductionRows.Stored) -> Verdict? {
        guard !stored.isCancelRequested else { return nil }
        return Verdict(
            kind: stored.record.kind, verdict: .failed, reason: "worker-lost",
            explanation: "The worker was lost \(mostAttempts) times. The server's log says more.",
            flags: stored.version.flags)
    }

    private static func replaceToken(of id: RunID, by token: APIToken, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO principals (id, kind, created_at) VALUES (?, 'service', ?) ON CONFLICT DO NOTHING",
            arguments: [workerPrincipal, now])
        try db.execute(
            sql: "UPDATE tokens SET revoked_at = ? WHERE reproduction_id = ? AND revoked_at IS NULL",
            arguments: [now, id.text])
        try db.execute(
            sql: """
                INSERT INTO tokens (id, principal_id, secret_hash, label, created_at, expires_at, reproduction_id)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.id, workerPrincipal, Data(token.secretHash), "job \(id)", now, now + tokenLife, id.text,
            ])
    }

    /// Keeps the lease of a job; tells whether its end was asked for. Not an event: there is no audit entry.
    package func heartbeat(_ id: RunID, as caller: Caller) async throws -> JobHeartbeat {
        let beat = leaseClock.now
        return try await keepBooks { db, _ in
            let stored = try Self.requireJob(id, caller, db)
            try db.execute(sql: "UPDATE reproductions SET heartbeat_at = ? WHERE id = ?", arguments: [beat, id.text])
            return JobHeartbeat(cancelled: stored.isCancelRequested)
        }
    }

    /// Gives a job back whose worker is gone; nothing happens to one that has ended.
    ///
    /// - Parameter isServersFault: whether the server itself stopped the worker, so that the attempt does not count.
    package func returnJob(_ id: RunID, isServersFault: Bool) async throws {
        try await keepBooks { db, _ in
            try db.execute(
                sql:
                    "UPDATE reproductions SET heartbeat_at = 0, attempts = attempts - ? WHERE id = ? AND state = 'running'",
                arguments: [isServersFault ? 1 : 0, id.text])
        }
    }

    /// Finds the running job that the caller's token is for.
    static func requireJob(_ id: RunID, _ caller: Caller, _ db: Database) throws -> ReproductionRows.Stored {
        guard caller.job == id else { throw RegistryError(.forbidden, "only the token of the job \(id) opens it") }
        let stored = try ReproductionRows.require(id, db)
        guard stored.record.state == .running else {
            throw RegistryError(.conflict, "the job \(id) is \(stored.record.state.rawValue); there is nothing to do")
        }
        return stored
    }
}
