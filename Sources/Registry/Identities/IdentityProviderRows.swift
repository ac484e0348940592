import Foundation
import GRDB
import RegistryTypes

/// The rows of identity providers.
enum IdentityProviderRows {
    /// A provider as a token of it is checked.
    struct Stored: FetchableRecord, Sendable {
        let id: Int64
        let record: IdentityProviderRecord
        /// The keys that were given; nil if they are fetched.
        let keys: IdentityKeySet?

        init(row: Row) throws {
            id = row["id"]
            keys = try (row["keys"] as String?).map { try IdentityKeySet(JSONParser.parse(Array($0.utf8))) }
            record = IdentityProviderRecord(
                name: try ResourceName(row["name"] as String), kind: try row.choice("kind"), issuer: row["issuer"],
                audience: row["audience"], keysURL: row["keys_url"], keysCA: row["keys_ca"], keyIDs: keys?.ids,
                allowsReuse: row["allows_reuse"], createdAt: row["created_at"])
        }
    }

    /// The provider whose tokens say that they are from this issuer.
    static func find(issuer: String, _ db: Database) throws -> Stored? {
        try Stored.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM identity_providers WHERE issuer = ?"), arguments: [issuer])
    }

    /// The provider of a name, or `not-found`.
    static func require(_ name: ResourceName, _ db: Database) throws -> Stored {
        let found = try Stored.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM identity_providers WHERE name = ?"), arguments: [name.text])
        guard let found else {
            throw RegistryError(
                .notFound, "there is no identity provider \(name); `assay identity provider list` shows them")
        }
        return found
    }

    /// All providers behind a name.
    static func all(after name: String, limit: Int, _ db: Database) throws -> [Stored] {
        try Stored.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM identity_providers WHERE name > ? ORDER BY name LIMIT ?"),
            arguments: [name, limit])
    }

    /// Inserts a provider; throws `already-exists` for a name or an issuer that another one has.
    static func insert(
        _ request: CreateIdentityProvider, by principal: String, at now: Int64, _ db: Database
    ) throws -> Stored {
        let taken = try String.fetchOne(
            db, sql: "SELECT name FROM identity_providers WHERE name = ? OR issuer = ?",
            arguments: [request.name.text, request.issuer])
        if let taken {
            throw RegistryError(
                .alreadyExists, "the identity provider \(taken) has this name or issuer; remove it to replace it")
        }
        try db.execute(
            sql: """
                INSERT INTO identity_providers
                    (name, kind, issuer, audience, keys_url, keys_ca, keys, allows_reuse, created_at, created_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                request.name.text, request.kind.rawValue, request.issuer, request.audience, request.keysURL,
                request.keysCA, try request.keys.map(text), request.allowsReuse ?? false, now, principal,
            ])
        return try require(request.name, db)
    }

    /// A key set as its row holds it.
    static func text(_ keys: JSONValue) throws -> String { String(decoding: try keys.canonicalBytes(), as: UTF8.self) }
}
