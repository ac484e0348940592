import Foundation
import GRDB
import RegistryTypes

/// The rows of upkeep.
enum UpkeepRows {
    /// Work that is next, with what was asked for.
    struct Next: Sendable {
        let id: RunID
        let kind: UpkeepRecord.Kind
        let request: Data
    }

    /// Queues some work; throws `conflict` while there is work of the kind that has not ended.
    static func insert(
        _ kind: UpkeepRecord.Kind, _ request: some Encodable, by principal: String, at now: Int64, _ db: Database
    ) throws -> UpkeepRecord {
        let open = try String.fetchOne(
            db, sql: "SELECT id FROM upkeep WHERE kind = ? AND state IN ('queued', 'running')",
            arguments: [kind.rawValue])
        if let open {
            throw RegistryError(
                .conflict, "a \(kind.rawValue) is under way already: \(open); wait until it has ended",
                details: ["id": open])
        }
        let record = UpkeepRecord(id: RunID(at: now), kind: kind, state: .queued, createdAt: now)
        try db.execute(
            sql: """
                INSERT INTO upkeep (id, kind, state, request, requested_by, created_at) VALUES (?, ?, 'queued', ?, ?, ?)
                """,
            arguments: [
                record.id.text, kind.rawValue, String(decoding: try StrictJSON.encode(request), as: UTF8.self),
                principal, now,
            ])
        return record
    }

    /// Takes the oldest work that waits.
    static func start(at now: Int64, _ db: Database) throws -> Next? {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, kind, request FROM upkeep WHERE state = 'queued' ORDER BY id LIMIT 1")
        guard let row else { return nil }
        let next = Next(
            id: try RunID(row["id"] as String), kind: try row.choice("kind"),
            request: Data((row["request"] as String).utf8))
        try db.execute(
            sql: "UPDATE upkeep SET state = 'running', started_at = ? WHERE id = ?", arguments: [now, next.id.text])
        return next
    }

    /// Records how some work ended: with an outcome, or with an explanation why there is none.
    static func end(
        _ id: RunID, _ outcome: Result<Data, RegistryError>, at now: Int64, _ db: Database
    ) throws {
        let document = try? outcome.get()
        var explanation: String?
        if case .failure(let error) = outcome { explanation = error.message }
        try db.execute(
            sql: "UPDATE upkeep SET state = ?, ended_at = ?, outcome = ?, explanation = ? WHERE id = ?",
            arguments: [
                document == nil ? "failed" : "done", now, document.map { String(decoding: $0, as: UTF8.self) },
                explanation, id.text,
            ])
    }

    /// Finds work by its id, or the newest of its kind that is done.
    static func find(_ kind: UpkeepRecord.Kind, id: RunID? = nil, _ db: Database) throws -> UpkeepRecord? {
        let condition = id == nil ? "state = 'done' AND ? IS NULL" : "id = ?"
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM upkeep WHERE kind = ? AND \(condition) ORDER BY id DESC LIMIT 1",
            arguments: [kind.rawValue, id?.text])
        return try row.map(UpkeepRecord.init(row:))
    }
}

extension UpkeepRecord {
    fileprivate init(row: Row) throws {
        self.init(
            id: try RunID(row["id"] as String), kind: try row.choice("kind"), state: try row.choice("state"),
            createdAt: row["created_at"], startedAt: row["started_at"], endedAt: row["ended_at"])
        explanation = row["explanation"]
        guard (row["outcome"] as String?) != nil else { return }
        switch kind {
        case .fsck: fsck = try row.document("outcome")
        case .backup: backup = try row.document("outcome")
        }
    }
}
