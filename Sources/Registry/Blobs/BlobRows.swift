import Foundation
import GRDB
import RegistryTypes

/// The rows of blobs.
enum BlobRows {
    /// Whether there is a row.
    static func exists(_ digest: Digest, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blobs WHERE digest = ?)"),
            arguments: [Data(digest.bytes)]) ?? false
    }

    /// Whether the file of a digest is anybody's: a blob's, or that of an upload session whose completion was cut off
    /// between the file's name and its row.
    static func isClaimed(_ digest: Digest, _ db: Database) throws -> Bool {
        if try exists(digest, db) { return true }
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM uploads WHERE digest = ? AND completed_at IS NULL)"),
            arguments: [Data(digest.bytes)]) ?? false
    }

    /// Deletes the row, and which namespaces may name it; the schema refuses it for what a version or run needs.
    static func delete(_ digest: Digest, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM namespace_blobs WHERE digest = ?")
            .execute(arguments: [Data(digest.bytes)])
        try db.cachedStatement(sql: "DELETE FROM blobs WHERE digest = ?").execute(arguments: [Data(digest.bytes)])
    }
}
