import Foundation
import GRDB
import RegistryTypes

/// The rows of webhooks.
enum WebhookRows {
    /// A webhook as the dispatcher needs it.
    struct Stored: FetchableRecord, Sendable {
        let id: RunID
        let namespace: Int64?
        let namespaceName: ResourceName?
        let url: String
        let filter: EventFilter
        let state: WebhookRecord.State
        let cursor: Int64
        let generation: Int
        let keyID: Digest
        let earlierUntil: Int64?

        init(row: Row) throws {
            id = try RunID(row["id"] as String)
            namespace = row["namespace_id"]
            namespaceName = try (row["namespace"] as String?).map { try ResourceName($0) }
            url = row["url"]
            filter = try EventFilter(row.words("events"))
            state = try row.choice("state")
            cursor = row["cursor"]
            generation = row["generation"]
            keyID = try row.digest("key_id")
            earlierUntil = row["earlier_until"]
        }
    }

    private static let columns = """
        webhooks.*, namespaces.name AS namespace,
        (SELECT count(*) FROM webhook_deliveries AS waiting
         WHERE waiting.webhook_id = webhooks.id AND waiting.state = 'waiting') AS waiting
        """

    private static let query = """
        SELECT \(columns), \(PrincipalRecord.columns) FROM webhooks
        LEFT JOIN namespaces ON namespaces.id = webhooks.namespace_id \(PrincipalRecord.join("webhooks.created_by"))
        """

    /// The webhook of an id that the caller may administer, or `not-found`.
    static func require(_ id: RunID, _ caller: Caller, _ db: Database) throws -> Stored {
        let thing = "webhook \(id)"
        guard let stored = try find(id, db) else { throw RegistryError.absent(thing) }
        if let namespace = stored.namespace {
            try Authorization.require(.administer, caller, namespace: namespace, hiding: thing, db)
        } else if try !Authorization.has(.administer, caller, namespace: 0, db) {
            throw RegistryError.absent(thing)
        }
        return stored
    }

    /// The webhook of an id.
    static func find(_ id: RunID, _ db: Database) throws -> Stored? {
        try Stored.fetchOne(db.cachedStatement(sql: query + " WHERE webhooks.id = ?"), arguments: [id.text])
    }

    /// What the API shows of a webhook.
    static func record(_ id: RunID, key: Digest?, _ db: Database) throws -> WebhookRecord {
        let row = try Row.fetchOne(db.cachedStatement(sql: query + " WHERE webhooks.id = ?"), arguments: [id.text])
        guard let row else { throw RegistryError.absent("webhook \(id)") }
        return try WebhookRecord(row: row, key: key)
    }

    /// The webhooks that a caller may administer, of one namespace or of all places, oldest first.
    static func rows(
        of namespace: Int64?, for caller: Caller, after id: String, limit: Int, _ db: Database
    ) throws -> [Row] {
        let place = namespace == nil ? "? IS NULL" : "webhooks.namespace_id = ?"
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query) WHERE \(place) AND webhooks.id > ?
                        AND \(Authorization.conditionOnMany(.administer, "coalesce(webhooks.namespace_id, 0)"))
                    ORDER BY webhooks.id LIMIT ?
                    """), arguments: [namespace, id, caller.holder, caller.holder, limit])
    }

    /// All that entries may have to be looked through for: not those for which `most` messages wait.
    static func looking(most: Int, _ db: Database) throws -> [Stored] {
        try Stored.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM (\(query)) WHERE state = 'active' AND waiting < ? ORDER BY id"), arguments: [most])
    }

    /// The webhooks of the whole server that are active.
    static func ofServer(_ db: Database) throws -> [Stored] {
        try Stored.fetchAll(
            db.cachedStatement(sql: query + " WHERE namespace_id IS NULL AND state = 'active'"))
    }

    /// Inserts a webhook that is told of what happens from now on.
    static func insert(
        _ id: RunID, _ request: CreateWebhook, _ filter: EventFilter, namespace: Int64?, key: Digest,
        by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO webhooks (id, namespace_id, url, events, state, cursor, generation, key_id, created_at,
                    created_by)
                SELECT ?, ?, ?, ?, 'active', coalesce(max(sequence) + 1, 0), 1, ?, ?, ? FROM audit_entries
                """,
            arguments: [
                id.text, namespace, request.url, try text(filter), Data(key.bytes), now, principal,
            ])
    }

    /// The patterns of a filter as their column has them.
    static func text(_ filter: EventFilter) throws -> String {
        String(decoding: try StrictJSON.encode(filter.patterns), as: UTF8.self)
    }
}

extension WebhookRecord {
    /// Reads a row of `WebhookRows`.
    ///
    /// - Parameter key: which key of the server there is.
    init(row: Row, key: Digest?) throws {
        let stored = try WebhookRows.Stored(row: row)
        self.init(
            id: stored.id, namespace: stored.namespaceName, url: stored.url, events: stored.filter.patterns,
            state: stored.state, waiting: row["waiting"], cursor: stored.cursor,
            earlierSecretUntil: stored.earlierUntil, isKeyLost: stored.keyID != key, createdAt: row["created_at"],
            createdBy: try PrincipalRecord(row: row), deliveredAt: row["delivered_at"], problem: row["problem"])
    }
}
