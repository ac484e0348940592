import AuditLog
import Foundation
import GRDB
package import RegistryTypes

/// What the dispatcher of webhooks does, as the server: notes of its own, which leave no audit entries.
extension ModelRegistry {
    /// The most messages that wait for one webhook: its cursor waits beyond them, and nothing is lost.
    private static let mostWaiting = 1000
    /// How many entries are looked through in one read.
    private static let span = 1000
    /// How long messages that ended are kept, in milliseconds: 30 days.
    private static let keepDeliveries: Int64 = 30 * 86_400_000

    /// Makes messages of the entries that nobody looked at yet; tells whether there are more.
    ///
    /// A webhook's cursor moves in the transaction that keeps its messages: whenever the server dies, each event is told
    /// once or, with the same id, more often.
    package func planDeliveries() async throws -> Bool {
        let hooks = try await database.read { try WebhookRows.looking(most: Self.mostWaiting, $0) }
        var hasMore = false
        for hook in hooks {
            let begin = lookedAt.place(of: hook.id, from: hook.cursor)
            let part = try await database.read { db in
                try EventRows.scan(of: hook.namespace, after: begin - 1, most: Self.span, entries: Self.span, db) {
                    hook.filter.wants($0.type)
                }
            }
            hasMore = hasMore || part.hasMore
            let end = part.next + 1
            // What holds nothing for it is only written down now and then.
            guard !part.events.isEmpty || end - hook.cursor >= Self.span else {
                lookedAt.note(end, of: hook.id, from: hook.cursor)
                continue
            }
            try await keepBooks { db, now in
                try db.execute(
                    sql: "UPDATE webhooks SET cursor = ? WHERE id = ? AND cursor = ?",
                    arguments: [end, hook.id.text, hook.cursor])
                guard db.changesCount == 1 else { return }
                for event in part.events {
                    try DeliveryRows.insert(
                        event.id, type: event.type, body: try StrictJSON.encode(event), to: hook.id, at: now, db)
                }
            }
        }
        return hasMore
    }

    /// Has the webhooks of the whole server that want them told of a signed checkpoint, once.
    package func announce(checkpoint note: String, origin: String, size: Int, root: Digest) async throws {
        let hooks = try await database.read { try WebhookRows.ofServer($0) }
            .filter { $0.filter.wants(EventType.checkpoint) }
        guard !hooks.isEmpty else { return }
        let event = "chk_\(Digest.of(Data(note.utf8)).hex.prefix(32))"
        try await keepBooks { db, now in
            let body: JSONValue = [
                "id": .string(event), "type": .string(EventType.checkpoint),
                "timestamp": .string(StatementTime.text(now)),
                "data": [
                    "origin": .string(origin), "size": .integer(size), "root": .string(root.description),
                    "note": .string(note),
                ],
            ]
            for hook in hooks {
                let isKnown = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = ? AND event_id = ?)",
                    arguments: [hook.id.text, event])
                guard isKnown == false else { continue }
                try DeliveryRows.insert(
                    event, type: EventType.checkpoint, body: body.canonicalBytes(), to: hook.id, at: now, db)
            }
        }
        events.announce()
    }

    /// The webhooks for which a message waits, with the time at which it is due.
    package func dueWebhooks() async throws -> [(webhook: RunID, at: Int64)] {
        guard let key = try webhookKey.read() else { return [] }
        return try await database.read { try DeliveryRows.dueTimes(key: key.id, $0) }
    }

    /// The message of a webhook whose turn it is.
    package func dueDelivery(of id: RunID) async throws -> DueDelivery? {
        guard let key = try webhookKey.read() else { return nil }
        let now = clock()
        return try await database.read { db in
            guard let hook = try WebhookRows.find(id, db), hook.state == .active, hook.keyID == key.id,
                let row = try DeliveryRows.due(of: id, at: now, db)
            else { return nil }
            let isOverlap = hook.earlierUntil.map { now < $0 } ?? false
            let generations = isOverlap ? [hook.generation, hook.generation - 1] : [hook.generation]
            return DueDelivery(
                number: row["number"], webhook: id, url: hook.url, event: row["event_id"], body: row["body"],
                secrets: generations.map { WebhookSecret(server: key.key, webhook: id, generation: $0) },
                tries: row["tries"])
        }
    }

    /// Notes how an attempt went. A receiver that is gone is told nothing more until somebody says so.
    package func note(
        _ attempt: WebhookDelivery.Attempt, of delivery: DueDelivery, retryAfter: Int? = nil
    ) async throws {
        let isGone = attempt.status == 410
        try await keepBooks { db, now in
            let dueAt = attempt.problem == nil || isGone ? nil : delivery.dueAt(after: now, retryAfter: retryAfter)
            let state: WebhookDelivery.State =
                attempt.problem == nil ? .delivered : dueAt == nil ? .failed : .waiting
            try DeliveryRows.note(attempt, of: delivery.number, state: state, dueAt: dueAt, at: now, db)
        }
        guard isGone else { return }
        let refusal = Self.entry("webhook.end", delivery.webhook)
        try await write(.server, refusedAs: refusal) { db, _ in
            guard let hook = try WebhookRows.find(delivery.webhook, db), hook.state == .active else {
                return Written(unchanged: ())
            }
            try db.execute(sql: "UPDATE webhooks SET state = 'gone' WHERE id = ?", arguments: [hook.id.text])
            var entry = refusal
            entry.namespace = hook.namespaceName?.text
            entry.after = ["status": 410]
            return Written((), entry)
        }
    }

    /// Forgets messages that ended long ago.
    package func forgetDeliveries() async throws {
        var count = 0
        repeat {
            count = try await keepBooks { db, now in
                try DeliveryRows.forget(endedBefore: now - Self.keepDeliveries, db)
            }
        } while count > 0
    }
}
