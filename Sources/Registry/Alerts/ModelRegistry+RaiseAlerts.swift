package import AuditLog
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// The most versions and the most aliases that one look takes up.
    private static let longestLook = 100

    /// Writes an audit entry for each verdict that grew older than its policy allows, and for each alias whose policy
    /// changed and does not hold for its version; each once. Nothing else changes: what is served stays so.
    ///
    /// Does nothing while the clock is doubted: one that jumped ahead would make every verdict too old (invariant I18).
    /// - Returns: the entries.
    package func raiseAlerts(_ clock: CollectionClock) async throws -> [AuditEntry] {
        guard clock.isBelieved else { return [] }
        return try await noticeStaleVerdicts(at: clock.latest) + reviewAliases(at: clock.latest)
    }

    private func noticeStaleVerdicts(at time: Int64) async throws -> [AuditEntry] {
        let found = try await database.read { db in
            try StaleVerdictRows.unnoticed(at: time, limit: Self.longestLook, db)
        }
        var entries: [AuditEntry] = []
        for stale in found {
            try Task.checkCancellation()
            let entry = AuditEntry(
                AlertRecord.Kind.staleVerdict.rawValue, namespace: stale.reference.name.namespace.text,
                object: "model:\(stale.reference)", digest: stale.digest,
                after: [
                    "verdict": .string(stale.outcome.rawValue), "reproduction": .string(stale.reproduction.text),
                    "ageHours": .integer((time - stale.endedAt) / 3_600_000), "limitHours": .integer(stale.limit),
                ])
            let isNew = try await write(.server, refusedAs: entry) { db, now in
                try StaleVerdictRows.note(stale, at: now, db) ? Written(true, entry) : Written(unchanged: false)
            }
            if isNew { entries.append(entry) }
        }
        return entries
    }

    private func reviewAliases(at time: Int64) async throws -> [AuditEntry] {
        let reviews = try await database.read { db in
            try AliasReviewRows.unseen(limit: Self.longestLook, db).map { place in
                (
                    place: place,
                    failures: try AliasReviewRows.isDecided(place, db)
                        ? [] : try AliasReviewRows.failures(at: place, time, db)
                )
            }
        }
        let fine = reviews.filter(\.failures.isEmpty).map(\.place)
        if !fine.isEmpty {
            try await keepBooks { db, now in
                for place in fine { try AliasReviewRows.note(place, failures: [], at: now, db) }
            }
        }
        var entries: [AuditEntry] = []
        for (place, failures) in reviews where !failures.isEmpty {
            try Task.checkCancellation()
            let name = place.collection.name
            let entry = AuditEntry(
                AlertRecord.Kind.aliasOutOfPolicy.rawValue, namespace: name.namespace.text,
                object: "model:\(name):\(place.alias)", digest: place.version.digest,
                after: [
                    "version": .integer(place.version.number), "policy": .string(place.policy.digest.description),
                    "rules": .array(failures.map(JSONValue.string)),
                ])
            let isNew = try await write(.server, refusedAs: entry) { db, now in
                try AliasReviewRows.note(place, failures: failures, at: now, db)
                    ? Written(true, entry) : Written(unchanged: false)
            }
            if isNew { entries.append(entry) }
        }
        return entries
    }
}
