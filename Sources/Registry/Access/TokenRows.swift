import Foundation
import GRDB
import RegistryTypes

/// The rows of tokens and their scopes.
enum TokenRows {
    /// What authentication needs to know of a token.
    struct Stored: FetchableRecord, Sendable {
        let principal: String
        let secretHash: Data
        let expiresAt: Int64
        let revokedAt: Int64?
        let job: RunID?
        let isScoped: Bool

        init(row: Row) throws {
            principal = row["principal_id"]
            secretHash = row["secret_hash"]
            expiresAt = row["expires_at"]
            revokedAt = row["revoked_at"]
            job = try row.optionalRunID("reproduction_id")
            isScoped = row["is_scoped"]
        }
    }

    /// Finds a token by its public id.
    static func find(_ id: String, _ db: Database) throws -> Stored? {
        try Stored.fetchOne(db.cachedStatement(sql: "SELECT * FROM tokens WHERE id = ?"), arguments: [id])
    }

    /// Inserts a new token with its scopes.
    ///
    /// - Parameter rule: the identity rule that it was issued by.
    static func insert(_ token: TokenRecord, secretHash: [UInt8], rule: Int64? = nil, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO tokens
                    (id, principal_id, secret_hash, label, created_at, expires_at, is_scoped, identity_rule_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.id, token.principal.id, Data(secretHash), token.label, token.createdAt, token.expiresAt,
                token.scopes != nil, rule,
            ])
        for scope in Set(token.scopes ?? []) {
            try db.execute(
                sql: "INSERT INTO token_scopes (token_id, namespace_id, role) VALUES (?, ?, ?)",
                arguments: [token.id, try namespace(of: scope, db), scope.role.rawValue])
        }
    }

    /// The id of a scope's namespace, 0 for everywhere; throws `not-found` for one that does not exist.
    static func namespace(of scope: TokenScope, _ db: Database) throws -> Int64 {
        try scope.namespace.map { try Namespaces.require($0, db) } ?? 0
    }

    /// Throws `invalid-request` for a scope that leaves nothing of the principal's rights: a mistake, found early.
    static func requireUseful(_ scopes: [TokenScope], of principal: PrincipalRecord, _ db: Database) throws {
        let roles = try Row.fetchAll(
            db, sql: "SELECT namespace_id, role FROM memberships WHERE principal_id = ?", arguments: [principal.id]
        ).map { (namespace: $0["namespace_id"] as Int64, role: try $0.choice("role", as: Role.self)) }
        for scope in scopes {
            let namespace = try namespace(of: scope, db)
            let isCovered = roles.contains { held in
                held.role.covers(scope.role) && (namespace == 0 || held.namespace == 0 || held.namespace == namespace)
            }
            guard isCovered else {
                throw RegistryError(
                    .invalidRequest,
                    "\(principal.name) has no role that covers \(scope); a scope only takes away, so give the role first"
                )
            }
        }
    }

    /// Scopes as a query's column holds them: a JSON array of `<role>` and `<role>@<namespace>`; NULL without any.
    static let scopesColumn = """
        CASE WHEN tokens.is_scoped THEN
            (SELECT json_group_array(role || coalesce('@' || namespaces.name, ''))
             FROM token_scopes LEFT JOIN namespaces ON namespaces.id = token_scopes.namespace_id
             WHERE token_id = tokens.id)
        END AS scopes
        """

    /// Reads a column of scopes.
    static func scopes(_ text: String) throws -> [TokenScope] {
        try JSONDecoder().decode([String].self, from: Data(text.utf8)).map { try TokenScope($0) }.sorted()
    }
}
