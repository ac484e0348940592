import Foundation
import GRDB
import RegistryTypes

/// The rows of workers.
enum WorkerRows {
    /// The worker that a principal is, unless it was removed.
    static func find(_ principal: String, _ db: Database) throws -> Worker? {
        if principal == Worker.embedded.principal { return .embedded }
        let name = try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM workers WHERE principal_id = ? AND removed_at IS NULL"),
            arguments: [principal])
        return name.map { Worker(principal: principal, name: $0, labels: [:]) }
    }

    /// Throws `conflict` for the principal of a worker: it never has a role.
    static func requireNone(_ principal: String, _ db: Database) throws {
        let isWorker = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM workers WHERE principal_id = ?)"),
            arguments: [principal])
        guard isWorker != true else {
            throw RegistryError(.conflict, "this principal is a worker, which has no roles; use another name")
        }
    }

    /// Makes the row of the embedded worker, which nobody created.
    static func insertIfEmbedded(_ worker: Worker, at now: Int64, _ db: Database) throws {
        guard worker.principal == Worker.embedded.principal else { return }
        try db.execute(
            sql: "INSERT INTO principals (id, kind, created_at) VALUES (?, 'service', ?) ON CONFLICT DO NOTHING",
            arguments: [worker.principal, now])
        try db.execute(
            sql: "INSERT INTO workers (principal_id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [worker.principal, worker.name, now])
    }

    /// The workers that were not removed, by name.
    static func all(after name: String, limit: Int, _ db: Database) throws -> [WorkerRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, labels, created_at, last_seen_at,
                        (SELECT group_concat(id, ' ') FROM reproductions
                         WHERE worker_id = principal_id AND state = 'running') AS jobs
                    FROM workers WHERE removed_at IS NULL AND name > ? ORDER BY name LIMIT ?
                    """), arguments: [name, limit]
        ).map { row in
            WorkerRecord(
                name: row["name"],
                labels: try JSONDecoder().decode([String: String].self, from: Data((row["labels"] as String).utf8)),
                createdAt: row["created_at"], lastSeenAt: row["last_seen_at"],
                jobs: try ((row["jobs"] as String?) ?? "").split(separator: " ").map { try RunID($0) })
        }
    }
}

extension JobNeeds {
    /// As it stands in a row.
    func json() throws -> String { String(decoding: try StrictJSON.encode(self), as: UTF8.self) }
}
