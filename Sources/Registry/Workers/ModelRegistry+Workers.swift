import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Makes a worker with its token, or a further token of a worker that exists; for server-wide administrators.
    ///
    /// Throws `already-exists` if somebody who is no worker has the name.
    package func createWorker(_ request: CreateWorker, as caller: Caller) async throws -> NewToken {
        let days = request.expiresInDays ?? Self.longestTokenLife
        guard (1...Self.longestTokenLife).contains(days) else {
            throw RegistryError(.invalidRequest, "a token lives 1 to \(Self.longestTokenLife) days, not \(days)")
        }
        let token = APIToken.random()
        let name = request.name.text
        let refusal = AuditEntry("worker.create", namespace: nil, object: "token:\(token.id)")
        return try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let principal = try Self.worker(called: name, at: now, db)
            let record = TokenRecord(
                id: token.id, principal: principal, label: "worker", createdAt: now,
                expiresAt: now + Int64(days) * 86_400_000)
            try TokenRows.insert(record, secretHash: token.secretHash, db)
            var entry = refusal
            entry.after = ["worker": .string(principal.id)]
            return Written(NewToken(token: token.revealed, record: record), entry)
        }
    }

    /// Finds the principal of a worker, or makes it.
    private static func worker(called name: String, at now: Int64, _ db: Database) throws -> PrincipalRecord {
        let taken = RegistryError(.alreadyExists, "\(name) is the name of somebody else; give the worker another one")
        if name.lowercased() == Worker.embedded.name { throw taken }
        if let found = try PrincipalRecord.find(named: name, db) {
            guard try WorkerRows.find(found.id, db) != nil else { throw taken }
            return found
        }
        let made = PrincipalRecord(id: "p_\(RunID(at: now))", kind: .service, name: name)
        try db.execute(
            sql: "INSERT INTO principals (id, kind, created_at) VALUES (?, 'service', ?)", arguments: [made.id, now])
        try db.execute(
            sql: "INSERT INTO principal_names (principal_id, name) VALUES (?, ?)", arguments: [made.id, name])
        try db.execute(
            sql: "INSERT INTO workers (principal_id, name, created_at) VALUES (?, ?, ?)",
            arguments: [made.id, name, now])
        return made
    }

    /// Removes a worker: its tokens end at once, and its jobs wait again. The name is not given out again.
    package func removeWorker(_ name: String, as caller: Caller) async throws {
        let refusal = AuditEntry("worker.remove", namespace: nil, object: "server")
        try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let found = try PrincipalRecord.find(named: name, db)
            guard let found, try WorkerRows.find(found.id, db) != nil else {
                throw RegistryError(.notFound, "there is no worker \(name); `assay worker list` shows them")
            }
            try db.execute(
                sql: "UPDATE workers SET removed_at = ? WHERE principal_id = ?", arguments: [now, found.id])
            try db.execute(
                sql: "UPDATE tokens SET revoked_at = ? WHERE principal_id = ? AND revoked_at IS NULL",
                arguments: [now, found.id])
            try db.execute(
                sql:
                    "UPDATE reproductions SET heartbeat_at = 0, lease = NULL WHERE worker_id = ? AND state = 'running'",
                arguments: [found.id])
            return Written((), AuditEntry("worker.remove", namespace: nil, object: "worker:\(found.id)"))
        }
        jobs.announce()
    }

    /// The workers, their labels, when they were last heard of and what they do; for server-wide administrators.
    package func workers(_ page: PageRequest, as caller: Caller) async throws -> Page<WorkerRecord> {
        try await read(caller, refusedAs: AuditEntry("worker.list", namespace: nil, object: "server")) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let list = "workers"
            let rows = try WorkerRows.all(after: try page.key(in: list)?[0] ?? "", limit: page.fetchLimit, db)
            return Page(rows, page, list: list, key: { [$0.name] }, item: { $0 })
        }
    }
}
