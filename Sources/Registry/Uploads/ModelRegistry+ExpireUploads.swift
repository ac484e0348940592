import BlobStore
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Ends the sessions in which nothing was received for a day; done whenever somebody opens another one.
    func expireUploads() async throws {
        let busy = claims.sessions
        let expired = try await keepBooks { db, now in
            let ids = try Self.expiredUploads(at: now, db).filter { !busy.contains($0) }
            for id in ids { try UploadRows.remove(id, db) }
            return ids
        }
        for id in expired { blobs.session(id).remove() }
    }

    /// Cleans up at a start: expired sessions end, and files below `uploads/` stay only for the others.
    ///
    /// A session whose file is gone ends too, unless the file got its final name before the crash.
    func discardUploads() throws {
        let now = clock()
        let live = try database.pool.write { db in
            for id in try Self.expiredUploads(at: now, db) { try UploadRows.remove(id, db) }
            var live: Set<String> = []
            for row in try Row.fetchAll(db, sql: "SELECT id, digest FROM uploads WHERE completed_at IS NULL") {
                let id = try RunID(row["id"] as String)
                if blobs.session(id).exists {
                    live.insert(id.text)
                } else if try !blobs.contains(row.digest("digest")) {
                    try UploadRows.remove(id, db)
                }
            }
            return live
        }
        try blobs.discardUploads(keeping: live)
    }

    private static func expiredUploads(at now: Int64, _ db: Database) throws -> [RunID] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM uploads WHERE used_at <= ?"), arguments: [now - UploadRows.lifetime]
        ).map { try RunID($0) }
    }
}
