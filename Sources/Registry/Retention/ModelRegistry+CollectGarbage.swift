import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Deletes the bytes that nothing has needed since an earlier collection, and condemns those for a later one
    /// (invariants I13-I18); enforces the retention rules.
    ///
    /// A dry run lists exactly what a real run at that moment would do, and changes nothing. Throws
    /// `collection-refused` where more than half would go, `collection-paused` while the clock is doubted or a backup is
    /// made, `conflict` while another collection runs.
    package func collectGarbage(_ request: CollectGarbage, as caller: Caller) async throws -> GarbageReport {
        try await read(caller, refusedAs: .collection) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
        }
        if request.dryRun ?? false { return try await planCollection() }
        return try await collect(isForced: request.force ?? false, as: caller)
    }

    /// The same for the server itself, as often as its configuration says.
    package func collectGarbage() async throws -> GarbageReport { try await collect(isForced: false, as: .server) }

    /// Takes in the time between collections, so that a clock that jumps is told from a server that slept (I18).
    package func observeClock(confirming: Bool = false) async throws {
        let isBelieved = try await keepBooks { db, now in
            let stored = try CollectionClock.stored(db)
            var clock = stored
            clock.observe(now, confirming: confirming)
            try clock.store(insteadOf: stored, db)
            return clock.isBelieved
        }
        if confirming, !isBelieved { throw Self.doubtedClock }
    }

    private static let doubtedClock = RegistryError(
        .collectionPaused,
        "the clock is more than an hour ahead of when it was last looked at, so ages cannot be judged; if it is right, "
            + "two collections confirm it by being run, and the next one collects")

    private func planCollection() async throws -> GarbageReport {
        let (now, grace) = (clock(), collectionGrace)
        var (plan, clock) = try await database.readInBackground { db in
            (try CollectionPlan(at: now, grace: grace, db), try CollectionClock.stored(db))
        }
        clock.observe(now, confirming: false)
        plan.orphans = try await orphans(before: plan.time - grace)
        return plan.report(dryRun: true, obstacle: clock.isBelieved ? plan.excess : Self.doubtedClock.message)
    }

    private func collect(isForced: Bool, as caller: Caller) async throws -> GarbageReport {
        try collectionGate.begin()
        defer { collectionGate.end() }
        try await observeClock(confirming: true)
        let (now, grace) = (clock(), collectionGrace)
        var plan = try await read(caller, refusedAs: .collection, inBackground: true) { db in
            let plan = try CollectionPlan(at: now, grace: grace, db)
            if !isForced, let excess = plan.excess { throw RegistryError(.collectionRefused, excess) }
            return plan
        }
        plan.orphans = try await orphans(before: plan.time - grace)
        let epoch = plan.epoch
        try await keepBooks { db, _ in
            try db.execute(sql: "UPDATE collection_state SET epoch = ?", arguments: [epoch])
        }
        try await sweep(&plan, as: caller)
        try await mark(plan)
        try await enforceRetention(&plan)
        try await putAway(plan.orphans, at: plan.time)
        try await forgetLeases(before: plan.time)
        return try await finish(plan, isForced: isForced, as: caller)
    }

    /// Between two steps: ends the collection where the task is cancelled or a backup waits.
    func mayGoOn() throws {
        try Task.checkCancellation()
        try collectionGate.check()
    }

    private func enforceRetention(_ plan: inout CollectionPlan) async throws {
        for decision in plan.removals {
            try mayGoOn()
            let wasRemoved =
                switch decision.version {
                case .model(let version): try await removeExpired(version, kind: .model)
                case .dataset(let version): try await removeExpired(version, kind: .dataset)
                case .run, .commit, .image: false
                }
            if !wasRemoved { plan.keep(decision.version) }
        }
    }

    private func forgetLeases(before time: Int64) async throws {
        var count = Self.bookBatch
        while count == Self.bookBatch {
            try mayGoOn()
            count = try await keepBooks { db, _ in
                try BlobLeases.forget(endedBefore: time, atMost: Self.bookBatch, db)
            }
        }
    }

    /// The one entry about the whole run; what was deleted has entries of its own.
    private func finish(_ plan: CollectionPlan, isForced: Bool, as caller: Caller) async throws -> GarbageReport {
        let report = plan.report(dryRun: false)
        var entry = AuditEntry.collection
        entry.after = .object(
            report.totals.mapValues { .integer($0.blobs) }.merging(
                ["epoch": .integer(plan.epoch), "forced": .bool(isForced), "removed": .integer(plan.removals.count)]
            ) { $1 })
        return try await write(caller, refusedAs: entry) { [entry] db, now in
            try db.execute(sql: "UPDATE collection_state SET last_run_at = ?", arguments: [now])
            return Written(report, entry)
        }
    }
}

extension AuditEntry {
    /// The entry of a collection, done or refused.
    fileprivate static let collection = AuditEntry("garbage.collect", namespace: nil, object: "server")
}
