import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The longest life of a token, in days.
    package static let longestTokenLife = 90

    /// Makes a token, and its principal if nobody has that name; grants the roles asked for.
    ///
    /// An administrator of a namespace grants roles there; roles everywhere need a server-wide administrator.
    package func createToken(_ request: CreateToken, as caller: Caller) async throws -> NewToken {
        let days = request.expiresInDays ?? Self.longestTokenLife
        guard (1...Self.longestTokenLife).contains(days) else {
            throw RegistryError(.invalidRequest, "a token lives 1 to \(Self.longestTokenLife) days, not \(days)")
        }
        try PrincipalRecord.check(name: request.principal)
        guard (request.label ?? "").count <= 200 else {
            throw RegistryError(.invalidRequest, "a label has at most 200 characters")
        }
        let token = APIToken.random()
        let refusal = AuditEntry("token.create", namespace: request.namespace?.text, object: "token:\(token.id)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let namespace = try request.namespace.map { try Namespaces.require($0, for: .administer, caller, db) } ?? 0
            if namespace == 0 { try Authorization.require(.administer, caller, namespace: 0, db) }
            let principal = try PrincipalRows.findOrInsert(request, caller, at: now, db)
            if request.roles?.isEmpty == false { try WorkerRows.requireNone(principal.id, db) }
            for role in Set(request.roles ?? []).sorted() {
                try db.execute(
                    sql: "INSERT INTO memberships VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    arguments: [namespace, principal.id, role.rawValue, now, caller.principal])
            }
            let record = TokenRecord(
                id: token.id, principal: principal, label: request.label ?? "", createdAt: now,
                expiresAt: now + Int64(days) * 86_400_000, revokedAt: nil)
            try db.execute(
                sql: """
                    INSERT INTO tokens (id, principal_id, secret_hash, label, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.id, principal.id, Data(token.secretHash), record.label, now, record.expiresAt,
                ])
            var entry = refusal
            entry.after = [
                "principal": .string(principal.id),
                "roles": .array((request.roles ?? []).sorted().map { .string($0.rawValue) }),
            ]
            return Written(NewToken(token: token.revealed, record: record), entry)
        }
    }

    /// Revokes a token at once; its owner and server-wide administrators may.
    package func revokeToken(_ id: String, as caller: Caller) async throws {
        let entry = AuditEntry("token.revoke", namespace: nil, object: "token:\(id)")
        try await write(caller, refusedAs: entry) { db, now in
            let owner = try String.fetchOne(
                db.cachedStatement(sql: "SELECT principal_id FROM tokens WHERE id = ?"), arguments: [id])
            guard let owner else { throw RegistryError(.notFound, "there is no token \(id)") }
            if owner != caller.principal { try Authorization.require(.administer, caller, namespace: 0, db) }
            try db.execute(
                sql: "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", arguments: [now, id])
            return Written((), entry)
        }
    }

    /// The caller's own tokens, or everybody's for a server-wide administrator, newest first; without those of jobs.
    package func tokens(_ page: PageRequest, as caller: Caller) async throws -> Page<TokenRecord> {
        let refusal = AuditEntry("token.list", namespace: nil, object: "server")
        return try await read(caller, refusedAs: refusal) { db in
            let list = "tokens"
            let key = try page.key(in: list, parts: 2) ?? [String(Int64.max), ""]
            guard let time = Int64(key[0]) else { throw PageCursor.malformed }
            let isAdministrator = try Authorization.has(.administer, caller, namespace: 0, db)
            let owner = isAdministrator ? nil : caller.principal
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT tokens.id, label, tokens.created_at, expires_at, revoked_at, \(PrincipalRecord.columns)
                        FROM tokens \(PrincipalRecord.join("tokens.principal_id"))
                        WHERE \(owner == nil ? "? IS NULL" : "tokens.principal_id = ?") AND reproduction_id IS NULL
                            AND (tokens.created_at, tokens.id) < (?, ?)
                        ORDER BY tokens.created_at DESC, tokens.id DESC LIMIT ?
                        """), arguments: [owner, time, key[1], page.fetchLimit])
            return try Page(rows, page, list: list, key: { [String($0["created_at"] as Int64), $0["id"]] }) { row in
                TokenRecord(
                    id: row["id"], principal: try PrincipalRecord(row: row), label: row["label"],
                    createdAt: row["created_at"], expiresAt: row["expires_at"], revokedAt: row["revoked_at"])
            }
        }
    }
}
