import AuditLog
import Foundation
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Ends the jobs that nobody will finish: those whose workers were lost too often, those whose caller carried them
    /// out and is lost, and those that no worker suits any more. Returns how many they were.
    ///
    /// The server calls it every few seconds, and a claim calls it before it looks for a job.
    @discardableResult
    package func endHopelessJobs() async throws -> Int {
        let staleSince = leaseClock.now - Self.lease
        let own = ownWorker.state
        let candidates = try await database.read { try Self.hopelessJobs(staleSince: staleSince, own: own, $0).keys }
        guard !candidates.isEmpty else { return 0 }
        try await prepareSigningKey()
        let entry = AuditEntry("reproduction.end", namespace: nil, object: "reproduction")
        for id in candidates.sorted(by: { $0.text < $1.text }) {
            try await write(.server, refusedAs: entry) { db, now in
                // Somebody may have taken or ended it meanwhile.
                guard let verdict = try Self.hopelessJobs(staleSince: staleSince, own: own, db)[id] else {
                    return Written(unchanged: ())
                }
                let stored = try ReproductionRows.require(id, db)
                if stored.isCancelRequested {
                    try ReproductionRows.end(id, with: nil, run: nil, at: now, db)
                    return Written((), stored.endEntry(nil))
                }
                let statement = try conclude(stored, with: verdict, at: now, db)
                return Written((), stored.endEntry(verdict, statement: statement))
            }
        }
        return candidates.count
    }

    /// The jobs that nobody will finish, with the verdict that each of them gets.
    private static func hopelessJobs(
        staleSince: Int64, own: OwnWorker.State, _ db: Database
    ) throws -> [RunID: Verdict] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, needs, reserved_for, state = 'running' AND attempts >= ? AS is_spent FROM reproductions
                    WHERE state IN ('queued', 'running') AND (state = 'queued' OR heartbeat_at < ?)
                    """), arguments: [mostAttempts, staleSince])
        guard !rows.isEmpty else { return [:] }
        let workforce = try Workforce(own: own, db)
        var verdicts: [RunID: Verdict] = [:]
        for row in rows {
            let needs = try JSONDecoder().decode(JobNeeds.self, from: Data((row["needs"] as String).utf8))
            let isLocal = (row["reserved_for"] as String?) != nil
            let cause: (reason: VerdictReason, explanation: String)? =
                if row["is_spent"] {
                    (.workerLost, isLocal ? callerLost : workersLost)
                } else {
                    workforce.obstacle(to: needs)
                }
            guard let cause else { continue }
            let id = try RunID(row["id"] as String)
            let stored = try ReproductionRows.require(id, db)
            verdicts[id] = Verdict(
                kind: stored.record.kind, because: cause.reason, cause.explanation,
                flags: try OriginalRun.of(stored.version, db).flags)
        }
        return verdicts
    }

    private static let callerLost = "The machine of whoever asked for it was not heard of again."
    private static let workersLost = "The worker was lost \(mostAttempts) times. The server's log says more."
}
