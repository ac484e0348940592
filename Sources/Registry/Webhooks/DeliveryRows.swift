import Foundation
import GRDB
import RegistryTypes

/// The rows of messages to webhooks and of the attempts to deliver them.
enum DeliveryRows {
    /// Has a message sent; once more, if it was sent already.
    static func insert(
        _ event: String, type: String, body: Data, to webhook: RunID, at now: Int64, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO webhook_deliveries (webhook_id, event_id, type, body, state, due_at, created_at)
                VALUES (?, ?, ?, ?, 'waiting', ?, ?)
                ON CONFLICT (webhook_id, event_id)
                DO UPDATE SET state = 'waiting', tries = 0, due_at = excluded.due_at, ended_at = NULL
                """
        ).execute(arguments: [webhook.text, event, type, body, now, now])
    }

    /// Has a message sent once more; `not-found` if the webhook has none of that number.
    static func repeatDelivery(_ number: Int64, of webhook: RunID, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = ?, ended_at = NULL
                WHERE number = ? AND webhook_id = ?
                """, arguments: [now, number, webhook.text])
        guard db.changesCount == 1 else {
            throw RegistryError(
                .notFound, "the webhook \(webhook) has no delivery \(number); those of the last 30 days are kept")
        }
    }

    /// The message of a webhook whose turn it is, with how often it was tried.
    static func due(of webhook: RunID, at now: Int64, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT number, event_id, body, tries FROM webhook_deliveries
                    WHERE webhook_id = ? AND state = 'waiting' AND due_at <= ? ORDER BY due_at, number LIMIT 1
                    """), arguments: [webhook.text, now])
    }

    /// When the next message of each active webhook is due whose secret is made of this key.
    static func dueTimes(key: Digest, _ db: Database) throws -> [(webhook: RunID, at: Int64)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT webhooks.id, (SELECT min(due_at) FROM webhook_deliveries
                        WHERE webhook_id = webhooks.id AND state = 'waiting') AS at
                    FROM webhooks WHERE state = 'active' AND key_id = ? AND at IS NOT NULL ORDER BY at
                    """), arguments: [Data(key.bytes)]
        ).map { (try RunID($0["id"] as String), $0["at"]) }
    }

    /// Notes an attempt, and what follows from it: an end, or the time of the next one.
    static func note(
        _ attempt: WebhookDelivery.Attempt, of delivery: Int64, state: WebhookDelivery.State, dueAt: Int64?,
        at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO webhook_attempts (delivery, attempt, at, duration, status, problem)
                SELECT number, 1 + (SELECT count(*) FROM webhook_attempts WHERE delivery = number), ?, ?, ?, ?
                FROM webhook_deliveries WHERE number = ?
                """, arguments: [attempt.at, attempt.duration, attempt.status, attempt.problem, delivery])
        // A webhook that was removed meanwhile takes its deliveries with it.
        try db.execute(
            sql: """
                UPDATE webhook_deliveries SET state = ?, tries = tries + 1, due_at = ?, ended_at = ? WHERE number = ?
                """, arguments: [state.rawValue, dueAt, state == .waiting ? nil : now, delivery])
        try db.execute(
            sql: """
                UPDATE webhooks SET problem = ?, delivered_at = iif(? = 'delivered', ?, delivered_at)
                WHERE id = (SELECT webhook_id FROM webhook_deliveries WHERE number = ?)
                """, arguments: [attempt.problem, state.rawValue, now, delivery])
    }

    /// The messages of a webhook before a number, newest first.
    static func page(
        of webhook: RunID, before number: Int64, limit: Int, _ db: Database
    ) throws -> [WebhookDelivery] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT number, event_id, type, state, due_at, created_at, ended_at FROM webhook_deliveries
                    WHERE webhook_id = ? AND number < ? ORDER BY number DESC LIMIT ?
                    """), arguments: [webhook.text, number, limit])
        let attempts = try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM webhook_attempts WHERE delivery IN (\(databaseQuestionMarks(count: rows.count)))
                ORDER BY delivery, attempt
                """, arguments: StatementArguments(rows.map { $0["number"] as Int64 }))
        let byDelivery = Dictionary(grouping: attempts) { $0["delivery"] as Int64 }
        return try rows.map { row in
            let attempts = (byDelivery[row["number"]] ?? []).map { row in
                WebhookDelivery.Attempt(
                    at: row["at"], duration: row["duration"], status: row["status"], problem: row["problem"])
            }
            return WebhookDelivery(
                number: row["number"], event: row["event_id"], type: row["type"], state: try row.choice("state"),
                dueAt: row["due_at"], createdAt: row["created_at"], endedAt: row["ended_at"], attempts: attempts)
        }
    }

    /// Forgets messages that ended before a time, as many as one transaction takes; tells how many.
    static func forget(endedBefore time: Int64, _ db: Database) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM webhook_deliveries WHERE number IN
                    (SELECT number FROM webhook_deliveries WHERE ended_at < ? LIMIT 1000)
                """, arguments: [time])
        return db.changesCount
    }
}
