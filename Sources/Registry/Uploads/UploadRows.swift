import Foundation
import GRDB
import RegistryTypes

/// The rows of upload sessions.
struct UploadRows: Sendable {
    /// How long a session lives after the last time something of it was received, in milliseconds.
    static let lifetime: Int64 = 86_400_000
    /// How many bytes a range should have.
    static let partSize: Int64 = 64 << 20

    let id: RunID
    let digest: Digest
    let size: Int64
    let isComplete: Bool
    let usedAt: Int64
    let received: RangeSet<Int64>

    /// All bytes; one byte where there is none, so that a session without bytes can be claimed too.
    var whole: Range<Int64> { 0..<max(size, 1) }

    private init(_ row: Row, _ db: Database) throws {
        id = try RunID(row["id"] as String)
        digest = try row.digest("digest")
        size = row["size"]
        isComplete = row["completed_at"] != nil
        usedAt = row["used_at"]
        let extents = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT first, last FROM upload_extents WHERE upload_id = ?"),
            arguments: [id.text])
        received = RangeSet(extents.map { ($0["first"] as Int64)..<($0["last"] as Int64) + 1 })
    }

    /// What the API says of the session.
    var record: UploadRecord {
        UploadRecord(
            id: id, sha256: digest, size: size,
            received: isComplete && size > 0 ? [ByteExtent(0..<size)] : received.extents, partSize: Self.partSize,
            expiresAt: usedAt + Self.lifetime, complete: isComplete)
    }

    /// A session by its id, or `not-found`: also for sessions of other principals and namespaces, and for expired ones.
    static func require(
        _ id: RunID, namespace: Int64, of principal: String, at now: Int64, _ db: Database
    ) throws -> UploadRows {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT * FROM uploads WHERE id = ? AND namespace_id = ? AND principal_id = ? AND used_at > ?"),
            arguments: [id.text, namespace, principal, now - lifetime])
        guard let row else {
            throw RegistryError(
                .notFound,
                "there is no upload \(id) of this token's principal; it has ended, or a day went by without it. Start "
                    + "another one")
        }
        return try UploadRows(row, db)
    }

    /// The open session for the same bytes, if there is one.
    static func find(
        _ upload: CreateUpload, namespace: Int64, of principal: String, _ db: Database
    ) throws -> UploadRows? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT * FROM uploads WHERE principal_id = ? AND namespace_id = ? AND digest = ? AND size = ?
                      AND completed_at IS NULL
                    """),
            arguments: [principal, namespace, Data(upload.sha256.bytes), upload.size]
        ).map { try UploadRows($0, db) }
    }

    /// How many sessions of a principal are open.
    static func count(of principal: String, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*) FROM uploads WHERE principal_id = ? AND completed_at IS NULL"),
            arguments: [principal]) ?? 0
    }

    /// Sets back the clock of a session.
    static func touch(_ id: RunID, at now: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE uploads SET used_at = ? WHERE id = ?", arguments: [now, id.text])
    }

    /// Adds durable bytes, joined to their neighbours.
    static func add(_ range: Range<Int64>, to id: RunID, at now: Int64, _ db: Database) throws {
        let neighbours = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT first, last FROM upload_extents WHERE upload_id = ? AND (last = ? OR first = ?)"),
            arguments: [id.text, range.lowerBound - 1, range.upperBound])
        let first = neighbours.map { $0["first"] as Int64 }.min() ?? range.lowerBound
        let last = neighbours.map { $0["last"] as Int64 }.max() ?? range.upperBound - 1
        try db.execute(
            sql: "DELETE FROM upload_extents WHERE upload_id = ? AND (last = ? OR first = ?)",
            arguments: [id.text, range.lowerBound - 1, range.upperBound])
        try db.execute(
            sql: "INSERT INTO upload_extents (upload_id, first, last) VALUES (?, ?, ?)",
            arguments: [id.text, min(first, range.lowerBound), max(last, range.upperBound - 1)])
        try touch(id, at: now, db)
    }

    /// Ends a session; its extents go with it.
    static func remove(_ id: RunID, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM uploads WHERE id = ?", arguments: [id.text])
    }
}
