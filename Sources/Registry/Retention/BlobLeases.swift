import Foundation
import GRDB
import RegistryTypes

/// The rows of leases: until when bytes stay although nothing refers to them yet (invariant I15).
enum BlobLeases {
    /// Those of some digests whose lease has run out by half, or that are condemned: the others need no write.
    static func due(
        _ digests: Set<Digest>, at now: Int64, grace: Int64, _ db: Database
    ) throws -> [Digest] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT until FROM blob_leases WHERE digest = ?
                AND NOT EXISTS (SELECT 1 FROM condemned_blobs WHERE condemned_blobs.digest = blob_leases.digest)
                """)
        let enough = now + grace / 2
        return try digests.filter { digest in
            try Int64.fetchOne(statement, arguments: [Data(digest.bytes)]).map { $0 < enough } ?? true
        }
    }

    /// Leases bytes that are there at least until a time, and revives those that are condemned.
    static func renew(_ digests: [Digest], until: Int64, _ db: Database) throws {
        for digest in digests.map({ Data($0.bytes) }) {
            try db.cachedStatement(
                sql: """
                    INSERT INTO blob_leases (digest, until) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET until = max(until, excluded.until)
                    """
            ).execute(arguments: [digest, until])
            try db.cachedStatement(sql: "DELETE FROM condemned_blobs WHERE digest = ?").execute(arguments: [digest])
        }
    }

    /// Forgets leases that ended, at most so many; returns how many there were.
    static func forget(endedBefore time: Int64, atMost limit: Int, _ db: Database) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM blob_leases
                WHERE digest IN (SELECT digest FROM blob_leases WHERE until <= ? ORDER BY until LIMIT ?)
                """, arguments: [time, limit])
        return db.changesCount
    }
}
