import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How often a waiting worker looks without a signal: leases of lost workers run out.
    private static let pause = Duration.seconds(5)

    /// Gives a worker the oldest job that suits it, waiting for one as long as it asks for.
    ///
    /// - Parameter isThere: whether the worker still listens; nothing is leased to one that has left.
    package func claimJob(
        _ claim: ClaimJob, as caller: Caller, while isThere: @Sendable () async -> Bool = { true }
    ) async throws -> JobOffer {
        try claim.check()
        let worker = try await attend(claim, caller)
        let end = ContinuousClock.now + .seconds(claim.waitSeconds ?? 0)
        while true {
            let signal = jobs.listen()
            guard await isThere(), !jobs.isClosed, !Task.isCancelled else { return JobOffer(job: nil) }
            if let job = try await leaseJob(to: worker) {
                return JobOffer(job: ClaimedJob(id: job.id, token: job.token.revealed))
            }
            let left = end - .now
            guard left > .zero else { return JobOffer(job: nil) }
            await signal.wait(atMost: min(left, Self.pause))
        }
    }

    /// Finds out which worker asks, and notes what it says of itself.
    private func attend(_ claim: ClaimJob, _ caller: Caller) async throws -> Worker {
        let refusal = AuditEntry("job.claim", namespace: nil, object: "server")
        var worker = try await read(caller, refusedAs: refusal) { db in
            // The token of a job opens that job alone, though it belongs to a worker.
            guard caller.job == nil, let worker = try WorkerRows.find(caller.principal, db) else {
                throw RegistryError(
                    .forbidden,
                    "only a worker's token claims jobs; an administrator makes one with `assay worker create`")
            }
            return worker
        }
        worker.labels = claim.labels
        if worker.principal == Worker.embedded.principal { ownWorker.state = .expected }
        let labels = String(decoding: try StrictJSON.encode(claim.labels), as: UTF8.self)
        try await keepBooks { [worker] db, now in
            try WorkerRows.insertIfEmbedded(worker, at: now, db)
            try db.execute(
                sql: "UPDATE workers SET labels = ?, last_seen_at = ? WHERE principal_id = ?",
                arguments: [labels, now, worker.principal])
        }
        return worker
    }
}
