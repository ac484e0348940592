import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The messages of a webhook and how they fared, newest first.
    package func deliveries(
        of id: RunID, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<WebhookDelivery> {
        try await read(caller, refusedAs: Self.entry("webhook.show", id)) { db in
            _ = try WebhookRows.require(id, caller, db)
            let list = "deliveries"
            let found = try DeliveryRows.page(
                of: id, before: page.number(in: list) ?? Int64.max, limit: page.fetchLimit, db)
            return Page(found, page, list: list, key: { [String($0.number)] }, item: { $0 })
        }
    }

    /// Has a message without meaning sent, so that a receiver can be tried out.
    package func testWebhook(_ id: RunID, as caller: Caller) async throws -> WebhookRecord {
        let key = try webhookKey.read()?.id
        let refusal = Self.entry("webhook.test", id)
        return try await write(caller, refusedAs: refusal) { db, now in
            let stored = try WebhookRows.require(id, caller, db)
            let event = "tst_\(RunID(at: now))"
            let body: JSONValue = [
                "id": .string(event), "type": .string(EventType.webhookTest.rawValue),
                "timestamp": .string(StatementTime.text(now)), "data": ["webhook": .string(id.text)],
            ]
            try DeliveryRows.insert(
                event, type: EventType.webhookTest.rawValue, body: body.canonicalBytes(), to: id, at: now, db)
            var entry = refusal
            entry.namespace = stored.namespaceName?.text
            return Written(try WebhookRows.record(id, key: key, db), entry)
        }
    }

    /// Has messages sent once more, with the ids that they had: one, or those of all entries behind a place in the log.
    package func replayWebhook(_ id: RunID, _ request: ReplayWebhook, as caller: Caller) async throws -> WebhookRecord {
        guard (request.delivery == nil) != (request.after == nil) else {
            throw RegistryError(
                .invalidRequest,
                "say either which delivery, or after which entry of the audit log messages are repeated")
        }
        let key = try webhookKey.read()?.id
        let refusal = Self.entry("webhook.replay", id)
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let stored = try WebhookRows.require(id, caller, db)
            var entry = refusal
            entry.namespace = stored.namespaceName?.text
            if let delivery = request.delivery {
                try DeliveryRows.repeatDelivery(delivery, of: id, at: now, db)
                entry.after = ["delivery": .integer(delivery)]
            }
            if let after = request.after {
                guard (-1..<stored.cursor).contains(after) else {
                    throw RegistryError(
                        .invalidRequest,
                        "after is the sequence number of an entry before \(stored.cursor), or -1 for all of them")
                }
                try db.execute(
                    sql: "UPDATE webhooks SET cursor = ? WHERE id = ?", arguments: [after + 1, id.text])
                entry.after = ["after": .integer(after)]
            }
            return Written(try WebhookRows.record(id, key: key, db), entry)
        }
    }
}
