import AuditLog
package import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How long the secret before the present one signs too, in milliseconds: a day.
    package static let secretOverlap: Int64 = 86_400_000

    /// Has an address told of what happens from now on; its secret is in this answer alone.
    ///
    /// - Parameter check: throws `outbound-refused` for an address that the server does not send to. Only for who may have
    ///   somebody told is it asked.
    package func createWebhook(
        _ request: CreateWebhook, check: @Sendable (URL) async throws -> Void, as caller: Caller
    ) async throws -> WebhookWithSecret {
        let url = try WebhookAddress.parse(request.url)
        let filter = try EventFilter(request.events)
        try await require(url, check, refusedAs: Self.creation(of: request), as: caller) { db in
            _ = try Self.place(of: request.namespace, caller, db)
        }
        let file = webhookKey
        let key = try await Blocking.waitForDisk { try file.findOrMake() }
        let id = RunID(at: clock())
        let refusal = Self.creation(of: request)
        return try await write(caller, refusedAs: refusal) { db, now in
            let namespace = try Self.place(of: request.namespace, caller, db)
            let count = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM webhooks WHERE namespace_id IS ?", arguments: [namespace])
            guard (count ?? 0) < Self.mostWebhooks else {
                throw RegistryError(
                    .conflict,
                    "there are \(Self.mostWebhooks) webhooks here already; remove one with `assay webhook remove`")
            }
            try WebhookRows.insert(
                id, request, filter, namespace: namespace, key: key.id, by: caller.principal, at: now, db)
            var entry = refusal
            entry.object = "webhook:\(id)"
            entry.after = Self.entryValue(request.url, filter)
            let secret = WebhookSecret(server: key.key, webhook: id, generation: 1)
            return Written(
                WebhookWithSecret(webhook: try WebhookRows.record(id, key: key.id, db), secret: secret.revealed), entry)
        }
    }

    /// The most webhooks of a namespace, and of the whole server.
    private static let mostWebhooks = 100

    private static func creation(of request: CreateWebhook) -> AuditEntry {
        AuditEntry(
            "webhook.create", namespace: request.namespace?.text,
            object: request.namespace.map { "namespace:\($0)" } ?? "server")
    }

    /// The row id of a namespace whose administrator the caller is; nil for the whole server.
    private static func place(of namespace: ResourceName?, _ caller: Caller, _ db: Database) throws -> Int64? {
        guard let namespace else {
            try Authorization.require(.administer, caller, namespace: 0, db)
            return nil
        }
        return try Namespaces.require(namespace, for: .administer, caller, db)
    }

    /// As the audit log has it: without the path of the address, which can hold a secret.
    private static func entryValue(_ url: String, _ filter: EventFilter) -> JSONValue {
        ["place": .string(WebhookAddress.place(url)), "events": .array(filter.patterns.map(JSONValue.string))]
    }

    /// The webhooks that the caller administers, of one namespace or of all places.
    package func webhooks(
        of namespace: ResourceName?, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<WebhookRecord> {
        let object = namespace.map { "namespace:\($0)" } ?? "server"
        let key = try webhookKey.read()?.id
        let refusal = AuditEntry("webhook.list", namespace: namespace?.text, object: object)
        return try await read(caller, refusedAs: refusal) { db in
            let only = try namespace.map { try Namespaces.require($0, for: .administer, caller, db) }
            let list = "webhooks"
            let rows = try WebhookRows.rows(
                of: only, for: caller, after: page.key(in: list)?[0] ?? "", limit: page.fetchLimit, db)
            return try Page(rows, page, list: list, key: { [$0["id"]] }) { try WebhookRecord(row: $0, key: key) }
        }
    }

    /// One webhook, for administrators of its place.
    package func webhook(_ id: RunID, as caller: Caller) async throws -> WebhookRecord {
        let key = try webhookKey.read()?.id
        return try await read(caller, refusedAs: Self.entry("webhook.show", id)) { db in
            _ = try WebhookRows.require(id, caller, db)
            return try WebhookRows.record(id, key: key, db)
        }
    }

    /// Throws unless the caller has a right, and then unless the server sends to an address; the log records both.
    private func require(
        _ url: URL, _ check: @Sendable (URL) async throws -> Void, refusedAs refusal: AuditEntry, as caller: Caller,
        right: @escaping @Sendable (Database) throws -> Void
    ) async throws {
        try await read(caller, refusedAs: refusal, right)
        do {
            try await check(url)
        } catch let error as RegistryError where error.isRefusal {
            var refusal = refusal
            refusal.after = ["place": .string(WebhookAddress.place(url.absoluteString))]
            try await write(caller, refusedAs: refusal) { _, _ -> Written<Void> in throw error }
        }
    }

    /// Changes the address, the events, or whether it is paused; one that was gone is active again.
    package func setWebhook(
        _ id: RunID, _ request: SetWebhook, check: @Sendable (URL) async throws -> Void, as caller: Caller
    ) async throws -> WebhookRecord {
        if let url = try request.url.map({ try WebhookAddress.parse($0) }) {
            try await require(url, check, refusedAs: Self.entry("webhook.set", id), as: caller) { db in
                _ = try WebhookRows.require(id, caller, db)
            }
        }
        let filter = try request.events.map { try EventFilter($0) }
        let key = try webhookKey.read()?.id
        let refusal = Self.entry("webhook.set", id)
        return try await writeOnce(caller, refusedAs: refusal) { db, _ in
            let stored = try WebhookRows.require(id, caller, db)
            let state: WebhookRecord.State = request.isPaused ?? (stored.state == .paused) ? .paused : .active
            let (url, wanted) = (request.url ?? stored.url, filter ?? stored.filter)
            try db.execute(
                sql: "UPDATE webhooks SET url = ?, events = ?, state = ? WHERE id = ?",
                arguments: [url, try WebhookRows.text(wanted), state.rawValue, id.text])
            var entry = refusal
            entry.namespace = stored.namespaceName?.text
            entry.before = Self.entryValue(stored.url, stored.filter, stored.state)
            entry.after = Self.entryValue(url, wanted, state)
            return Written(try WebhookRows.record(id, key: key, db), entry)
        }
    }

    private static func entryValue(_ url: String, _ filter: EventFilter, _ state: WebhookRecord.State) -> JSONValue {
        guard case .object(var members) = entryValue(url, filter) else { return .null }
        members["state"] = .string(state.rawValue)
        return .object(members)
    }

    /// Makes a new secret; the one before signs too for a day.
    package func rotateWebhookSecret(_ id: RunID, as caller: Caller) async throws -> WebhookWithSecret {
        let file = webhookKey
        let key = try await Blocking.waitForDisk { try file.findOrMake() }
        let refusal = Self.entry("webhook.rotate", id)
        return try await write(caller, refusedAs: refusal) { db, now in
            let stored = try WebhookRows.require(id, caller, db)
            let end = stored.keyID == key.id ? now + Self.secretOverlap : nil
            try db.execute(
                sql: "UPDATE webhooks SET generation = generation + 1, key_id = ?, earlier_until = ? WHERE id = ?",
                arguments: [Data(key.id.bytes), end, id.text])
            var entry = refusal
            entry.namespace = stored.namespaceName?.text
            let secret = WebhookSecret(server: key.key, webhook: id, generation: stored.generation + 1)
            return Written(
                WebhookWithSecret(webhook: try WebhookRows.record(id, key: key.id, db), secret: secret.revealed), entry)
        }
    }

    /// Removes a webhook and what it was told.
    package func removeWebhook(_ id: RunID, as caller: Caller) async throws {
        let refusal = Self.entry("webhook.remove", id)
        try await write(caller, refusedAs: refusal) { db, _ in
            let stored = try WebhookRows.require(id, caller, db)
            try db.execute(sql: "DELETE FROM webhooks WHERE id = ?", arguments: [id.text])
            var entry = refusal
            entry.namespace = stored.namespaceName?.text
            entry.before = Self.entryValue(stored.url, stored.filter)
            return Written((), entry)
        }
    }

    /// The entry about a webhook whose namespace is not known yet.
    static func entry(_ action: String, _ id: RunID) -> AuditEntry {
        AuditEntry(action, namespace: nil, object: "webhook:\(id)")
    }
}
