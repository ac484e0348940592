import Foundation
import GRDB
import RegistryTypes

/// The rows of identity rules and what their tokens may do.
enum IdentityRuleRows {
    /// A rule as a token is matched with it.
    struct Stored: FetchableRecord, Sendable {
        let id: Int64
        let provider: Int64
        let record: IdentityRuleRecord

        init(row: Row) throws {
            id = row["rule_id"]
            provider = row["provider_id"]
            record = IdentityRuleRecord(
                name: try ResourceName(row["rule_name"] as String),
                provider: try ResourceName(row["provider_name"] as String), claims: try row.document("claims"),
                principal: try PrincipalRecord(row: row), scopes: try TokenRows.scopes(row["scopes"]),
                createdAt: row["rule_created_at"])
        }
    }

    private static let select = """
        SELECT rules.id AS rule_id, rules.name AS rule_name, provider_id, providers.name AS provider_name, claims,
            rules.created_at AS rule_created_at, \(PrincipalRecord.columns),
            (SELECT json_group_array(role || coalesce('@' || namespaces.name, ''))
             FROM identity_rule_scopes LEFT JOIN namespaces ON namespaces.id = namespace_id
             WHERE rule_id = rules.id) AS scopes
        FROM identity_rules AS rules JOIN identity_providers AS providers ON providers.id = provider_id
        \(PrincipalRecord.join("rules.principal_id"))
        """

    /// The rules of a provider.
    static func all(of provider: Int64, _ db: Database) throws -> [Stored] {
        try Stored.fetchAll(
            db.cachedStatement(sql: "\(select) WHERE provider_id = ? ORDER BY rules.name"), arguments: [provider])
    }

    /// All rules behind a name.
    static func all(after name: String, limit: Int, _ db: Database) throws -> [Stored] {
        try Stored.fetchAll(
            db.cachedStatement(sql: "\(select) WHERE rules.name > ? ORDER BY rules.name LIMIT ?"),
            arguments: [name, limit])
    }

    /// The rule of a name, or `not-found`.
    static func require(_ name: ResourceName, _ db: Database) throws -> Stored {
        let found = try Stored.fetchOne(
            db.cachedStatement(sql: "\(select) WHERE rules.name = ?"), arguments: [name.text])
        guard let found else {
            throw RegistryError(.notFound, "there is no identity rule \(name); `assay identity rule list` shows them")
        }
        return found
    }

    /// Inserts a rule; throws `already-exists` for a name that another one has, or claims that one of the provider has.
    static func insert(
        _ request: CreateIdentityRule, provider: Int64, principal: String, by caller: Caller, at now: Int64,
        _ db: Database
    ) throws -> Stored {
        let claims = String(decoding: try StrictJSON.encode(request.claims), as: UTF8.self)
        let taken = try String.fetchOne(
            db, sql: "SELECT name FROM identity_rules WHERE name = ? OR (provider_id = ? AND claims = ?)",
            arguments: [request.name.text, provider, claims])
        if let taken {
            throw RegistryError(.alreadyExists, "the identity rule \(taken) has this name or these claims")
        }
        try db.execute(
            sql: """
                INSERT INTO identity_rules (name, provider_id, claims, principal_id, created_at, created_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [request.name.text, provider, claims, principal, now, caller.principal])
        let id = db.lastInsertedRowID
        for scope in Set(request.scopes) {
            try db.execute(
                sql: "INSERT INTO identity_rule_scopes (rule_id, namespace_id, role) VALUES (?, ?, ?)",
                arguments: [id, try TokenRows.namespace(of: scope, db), scope.role.rawValue])
        }
        return try require(request.name, db)
    }

    /// Removes a rule; the tokens that it gave end at once.
    static func remove(_ id: Int64, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE tokens SET revoked_at = ? WHERE identity_rule_id = ? AND revoked_at IS NULL",
            arguments: [now, id])
        try db.execute(sql: "DELETE FROM identity_rules WHERE id = ?", arguments: [id])
    }
}
