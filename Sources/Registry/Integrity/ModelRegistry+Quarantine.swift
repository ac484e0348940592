import AuditLog
package import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Takes damaged bytes out of service for good (invariant I19); pushing the same bytes brings them back.
    ///
    /// The file goes first: from then on nobody can open it, whatever happens to the row. Nothing is done if the bytes
    /// were pushed again since the damage was found.
    package func quarantine(_ digest: Digest, _ damage: FileBlobStore.Damage) async throws {
        let blobs = blobs
        let isMoved = try await Blocking.run {
            guard let identity = damage.identity else { return false }
            return try blobs.quarantine(digest, identity)
        }
        guard isMoved || damage.identity == nil else { return }
        let entry = AuditEntry(
            "blob.quarantine", namespace: nil, object: "blob:\(digest)", digest: digest,
            after: ["problem": .string(damage.problem.rawValue)])
        try await write(.server, refusedAs: entry) { db, now in
            var isNoted = false
            // Whoever pushed it meanwhile has published the file already, and comes to this place after us.
            if !blobs.contains(digest) {
                try db.execute(
                    sql: """
                        INSERT INTO corrupt_blobs (digest, problem, found_at)
                        SELECT digest, ?, ? FROM blobs WHERE digest = ? ON CONFLICT DO NOTHING
                        """, arguments: [damage.problem.rawValue, now, Data(digest.bytes)])
                isNoted = db.changesCount > 0
            }
            return isMoved || isNoted ? Written((), entry) : Written(unchanged: ())
        }
    }

    /// Takes a blob out of service whose bytes turned out wrong or unreadable while they were read.
    package func quarantine(_ reader: BlobReader) async throws {
        try await quarantine(reader.digest, FileBlobStore.Damage(.wrongBytes, reader.identity))
    }

    /// Notes that the bytes of a blob are there again; returns whether they were damaged.
    static func repair(_ digest: Digest, at now: Int64, _ db: Database) throws -> Bool {
        let bytes = Data(digest.bytes)
        try db.cachedStatement(sql: "DELETE FROM corrupt_blobs WHERE digest = ?").execute(arguments: [bytes])
        guard db.changesCount > 0 else { return false }
        try db.execute(sql: "UPDATE blob_checks SET checked_at = ? WHERE digest = ?", arguments: [now, bytes])
        return true
    }
}
