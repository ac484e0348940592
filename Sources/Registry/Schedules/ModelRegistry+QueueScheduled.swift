import AuditLog
import GRDB
package import RegistryTypes

/// What a look at the schedules came to.
package struct ScheduleRound: Sendable {
    /// What was queued, or has its verdict because it cannot be repeated.
    package var requested: [ReproductionRecord] = []
    /// Versions that are due, but read data of which whoever set the schedule may not know.
    package var refused: [VersionReference] = []
}

extension ModelRegistry {
    /// The most versions that one look takes up.
    private static let longestRound = 100

    /// Queues a reproduction for each version whose turn it is, as the server, as far as there is room; each is one
    /// transaction, which looks again whether it is due.
    ///
    /// Whoever set a schedule must have the right to ask for the reproduction. Does nothing while the clock is doubted:
    /// one that jumped ahead would make everything due at once (invariant I18).
    package func queueScheduled(_ clock: CollectionClock) async throws -> ScheduleRound {
        var round = ScheduleRound()
        guard clock.isBelieved else { return round }
        let time = clock.latest
        let most = jobLimits.scheduledPerNamespace
        let (due, refused) = try await database.read { db in try Self.dueVersions(at: time, atMost: most, db) }
        round.refused = refused
        if !due.isEmpty { try await prepareSigningKey() }
        for version in due {
            try Task.checkCancellation()
            if let record = try await request(version, dueAt: time) { round.requested.append(record) }
        }
        if round.requested.contains(where: { $0.state == .queued }) { jobs.announce() }
        return round
    }

    /// The time to begin with: the latest that was believed before this start.
    package func scheduleClock() async throws -> CollectionClock {
        CollectionClock(latest: try await database.read { try CollectionClock.stored($0).latest })
    }

    private static func dueVersions(
        at time: Int64, atMost most: Int, _ db: Database
    ) throws -> (due: [ScheduleRows.Due], refused: [VersionReference]) {
        var waiting = try ScheduleRows.waiting(db)
        var due: [ScheduleRows.Due] = []
        var refused: [VersionReference] = []
        let rows = try ScheduleRows.due(at: time, db)
        while due.count < longestRound, let row = try rows.next() {
            let next = try ScheduleRows.due(row)
            guard waiting[next.namespace, default: 0] < most else { continue }
            do {
                _ = try ReproductionWish(scheduled: next, at: time).subject(next.caller, db)
                waiting[next.namespace, default: 0] += 1
                due.append(next)
            } catch let error as RegistryError where error.isRefusal || error.code == .notFound {
                if refused.count < longestRound { refused.append(next.version) }
            }
        }
        return (due, refused)
    }

    /// Queues one reproduction; nil if it is not due any more.
    private func request(_ due: ScheduleRows.Due, dueAt time: Int64) async throws -> ReproductionRecord? {
        let wish = ReproductionWish(scheduled: due, at: clock())
        return try await write(.server, refusedAs: wish.entry) { db, now in
            let subject = try wish.subject(due.caller, db)
            guard try ScheduleRows.due(at: time, version: subject.version, db).next() != nil else {
                return Written(unchanged: nil)
            }
            try db.execute(
                sql: "INSERT INTO principals (id, kind, created_at) VALUES (?, 'service', ?) ON CONFLICT DO NOTHING",
                arguments: [Caller.server.principal, now])
            let (record, entry) = try queue(wish, subject, for: Caller.server.principal, at: now, db)
            return Written(record, entry)
        }
    }
}

extension ReproductionWish {
    /// What a schedule asks for.
    fileprivate init(scheduled due: ScheduleRows.Due, at now: Int64) {
        self.init(id: RunID(at: now), kind: due.kind, reference: due.version, place: .model, later: nil)
        isScheduled = true
    }
}

extension ScheduleRows.Due {
    /// Whose rights count.
    fileprivate var caller: Caller { Caller(principal: setter, authentication: "schedule", requestID: "schedule") }
}
