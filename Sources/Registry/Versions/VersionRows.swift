import Foundation
import GRDB
import RegistryTypes

/// The rows of versions.
enum VersionRows {
    /// A version, as the rules need it.
    struct Version: FetchableRecord, Sendable {
        let id: Int64
        let collection: Int64
        let number: Int
        let artifact: Digest
        let digest: Digest
        let flags: [String]
        let createdBy: String
        let run: RunID?

        init(row: Row) throws {
            id = row["id"]
            collection = row["collection_id"]
            number = row["number"]
            artifact = try Digest(bytes: Array(row["artifact"] as Data))
            digest = try Digest(bytes: Array(row["digest"] as Data))
            flags = try row.words("flags")
            createdBy = row["created_by"]
            run = try (row["run_id"] as String?).map { try RunID($0) }
        }
    }

    /// Finds the version that a selector picks, or throws `not-found`.
    static func require(
        _ selector: VersionSelector, in collection: CollectionRows.Collection, _ db: Database
    ) throws -> Version {
        guard let version = try find(selector, in: collection, db) else {
            throw RegistryError(.notFound, "\(collection.name) has no version \(selector)")
        }
        return version
    }

    /// The version of a row.
    static func require(row id: Int64, _ db: Database) throws -> Version {
        let version = try Version.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM versions WHERE id = ?"), arguments: [id])
        guard let version else { throw RegistryError(.internalError, "the version with row \(id) is not there") }
        return version
    }

    /// Finds the version that a selector picks, or returns nil.
    static func find(
        _ selector: VersionSelector, in collection: CollectionRows.Collection, _ db: Database
    ) throws -> Version? {
        let (condition, value): (String, DatabaseValue) =
            switch selector {
            case .number(let number): ("number = ?", number.databaseValue)
            case .digest(let digest): ("digest = ?", Data(digest.bytes).databaseValue)
            case .latest:
                (
                    """
                    id = (SELECT present.id FROM versions AS present WHERE present.collection_id = ?
                          AND \(isPresent("present.id")) ORDER BY present.number DESC LIMIT 1)
                    """, collection.id.databaseValue
                )
            case .alias(let alias):
                (
                    """
                    id = (SELECT version_id FROM alias_moves WHERE collection_id = versions.collection_id AND alias = ?
                          ORDER BY id DESC LIMIT 1)
                    """, alias.text.databaseValue
                )
            }
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM versions WHERE collection_id = ? AND \(condition)")
        return try Version.fetchOne(statement, arguments: [collection.id, value])
    }

    /// Records a version under the next number; its document is hashed here, inside the transaction that numbers it.
    static func insert(
        in collection: CollectionRows.Collection, artifact: Digest, run: RunID?, flags: [String], by principal: String,
        at now: Int64, _ db: Database, document: (Int) throws -> VersionDocument
    ) throws -> Version {
        let number = try CollectionRows.nextNumber(of: collection.id, db)
        let bytes = try document(number).canonicalJSON()
        let digest = Digest.of(bytes)
        try db.execute(
            sql: """
                INSERT INTO versions (collection_id, number, artifact, digest, document, run_id, flags, created_at, created_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                collection.id, number, Data(artifact.bytes), Data(digest.bytes), bytes, run?.text,
                String(decoding: try StrictJSON.encode(flags), as: UTF8.self), now, principal,
            ])
        return try require(.number(number), in: collection, db)
    }

    /// A condition for a query: that the version whose id is in a column was not removed.
    static func isPresent(_ column: String) -> String {
        "NOT EXISTS (SELECT 1 FROM version_removals WHERE version_id = \(column))"
    }

    /// Finds the version that a selector picks, or throws `not-found`, or `version-removed` for one that is gone.
    static func requirePresent(
        _ selector: VersionSelector, in collection: CollectionRows.Collection, _ db: Database
    ) throws -> Version {
        let version = try require(selector, in: collection, db)
        guard try RemovalRows.isRemoved(version.id, db) else { return version }
        throw RegistryError(
            .versionRemoved, "\(collection.name):\(version.number) was removed; `assay show` still says what it was")
    }

    /// What the last decision made of a version.
    static func approval(of version: Version, _ db: Database) throws -> ApprovalState {
        let last = try String.fetchOne(
            db.cachedStatement(sql: "SELECT decision FROM decisions WHERE version_id = ? ORDER BY id DESC LIMIT 1"),
            arguments: [version.id])
        return last.flatMap { Decision(rawValue: $0)?.state } ?? .pending
    }
}
