import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The longest life of a token, in days.
    package static let longestTokenLife = 90

    /// Makes a token, and its principal if nobody has that name; grants the roles asked for.
    ///
    /// An administrator of a namespace grants roles there; roles everywhere need a server-wide administrator. The scopes
    /// take away from the token what its principal may else do.
    package func createToken(_ request: CreateToken, as caller: Caller) async throws -> NewToken {
        let days = request.expiresInDays ?? Self.longestTokenLife
        guard (1...Self.longestTokenLife).contains(days) else {
            throw RegistryError(.invalidRequest, "a token lives 1 to \(Self.longestTokenLife) days, not \(days)")
        }
        try PrincipalRecord.check(name: request.principal)
        guard (request.label ?? "").count <= 200 else {
            throw RegistryError(.invalidRequest, "a label has at most 200 characters")
        }
        guard request.scopes.map({ (1...TokenScope.most).contains($0.count) }) != false else {
            throw RegistryError(
                .invalidRequest, "a token has 1 to \(TokenScope.most) scopes; without the member it has all rights")
        }
        let token = APIToken.random()
        let refusal = AuditEntry("token.create", namespace: request.namespace?.text, object: "token:\(token.id)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let namespace = try request.namespace.map { try Namespaces.require($0, for: .administer, caller, db) } ?? 0
            if namespace == 0 { try Authorization.require(.administer, caller, namespace: 0, db) }
            let principal = try PrincipalRows.findOrInsert(request.principal, request.kind, caller, at: now, db)
            if request.roles?.isEmpty == false { try WorkerRows.requireNone(principal.id, db) }
            for role in Set(request.roles ?? []).sorted() {
                try MembershipRows.begin(
                    role, of: principal.id, in: namespace, by: caller.principal, at: now, db)
            }
            let scopes = request.scopes.map { Set($0).sorted() }
            for place in (scopes ?? []).compactMap(\.namespace) {
                _ = try Namespaces.require(place, for: .readMetadata, caller, db)
            }
            try TokenRows.requireUseful(scopes ?? [], of: principal, db)
            let record = TokenRecord(
                id: token.id, principal: principal, label: request.label ?? "", createdAt: now,
                expiresAt: now + Int64(days) * 86_400_000, scopes: scopes)
            try TokenRows.insert(record, secretHash: token.secretHash, db)
            var entry = refusal
            var after: [String: JSONValue] = [
                "principal": .string(principal.id),
                "roles": .array((request.roles ?? []).sorted().map { .string($0.rawValue) }),
            ]
            after["scopes"] = scopes.map { .array($0.map { .string($0.description) }) }
            entry.after = .object(after)
            return Written(NewToken(token: token.revealed, record: record), entry)
        }
    }

    /// Revokes a token at once; its owner and server-wide administrators may. A token with a scope revokes itself alone.
    package func revokeToken(_ id: String, as caller: Caller) async throws {
        let entry = AuditEntry("token.revoke", namespace: nil, object: "token:\(id)")
        try await write(caller, refusedAs: entry) { db, now in
            let owner = try String.fetchOne(
                db.cachedStatement(sql: "SELECT principal_id FROM tokens WHERE id = ?"), arguments: [id])
            guard let owner else { throw RegistryError(.notFound, "there is no token \(id)") }
            let isOwn = caller.scopedToken == nil ? owner == caller.principal : id == caller.scopedToken
            if !isOwn { try Authorization.require(.administer, caller, namespace: 0, db) }
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
                        SELECT tokens.id, label, tokens.created_at, expires_at, revoked_at, last_used_at,
                            \(TokenRows.scopesColumn), \(PrincipalRecord.columns)
                        FROM tokens \(PrincipalRecord.join("tokens.principal_id"))
                        WHERE \(owner == nil ? "? IS NULL" : "tokens.principal_id = ?") AND reproduction_id IS NULL
                            AND (tokens.created_at, tokens.id) < (?, ?)
                        ORDER BY tokens.created_at DESC, tokens.id DESC LIMIT ?
                        """), arguments: [owner, time, key[1], page.fetchLimit])
            return try Page(rows, page, list: list, key: { [String($0["created_at"] as Int64), $0["id"]] }) { row in
                TokenRecord(
                    id: row["id"], principal: try PrincipalRecord(row: row), label: row["label"],
                    createdAt: row["created_at"], expiresAt: row["expires_at"], revokedAt: row["revoked_at"],
                    lastUsedAt: tokenUses.time(of: row["id"]) ?? row["last_used_at"],
                    scopes: try (row["scopes"] as String?).map(TokenRows.scopes))
            }
        }
    }
}
