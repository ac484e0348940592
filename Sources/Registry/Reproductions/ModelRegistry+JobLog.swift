import AuditLog
import BlobStore
package import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The most bytes of a live log that are kept.
    private static let mostLogBytes = 32 << 20
    /// The most bytes of a log that one answer holds.
    private static let logPiece = 1 << 20

    /// Appends to the live log of a job. Not an event: there is no audit entry.
    package func appendLog(_ chunk: Data, toJob id: RunID, as caller: Caller) async throws {
        try await keepBooks { db, _ in
            _ = try Self.requireJob(id, caller, db)
            let position = try Self.liveLogLength(id, db)
            guard !chunk.isEmpty, position + chunk.count <= Self.mostLogBytes else { return }
            try db.execute(
                sql: "INSERT INTO reproduction_log (reproduction_id, position, chunk) VALUES (?, ?, ?)",
                arguments: [id.text, position, chunk])
        }
    }

    /// A piece of a reproduction's log from a byte on, and whether nothing will follow it.
    package func log(
        of id: RunID, from offset: Int, as caller: Caller
    ) async throws -> (bytes: Data, isComplete: Bool) {
        guard offset >= 0 else { throw RegistryError(.invalidRequest, "offset counts bytes from 0") }
        let refusal = AuditEntry("reproduction.log", namespace: nil, object: "reproduction:\(id)")
        let state = try await read(caller, refusedAs: refusal) { db -> LogState in
            let stored = try ReproductionRows.require(id, for: .readMetadata, caller, db)
            let kept = try KeptLog.fetchOne(
                db.cachedStatement(sql: "SELECT log, size FROM runs JOIN blobs ON digest = log WHERE id = ?"),
                arguments: [stored.run?.text])
            return LogState(
                kept: kept, live: kept == nil ? try Self.liveLog(id, from: offset, db) : Data(),
                hasEnded: stored.record.endedAt != nil,
                length: kept == nil ? try Self.liveLogLength(id, db) : Int(kept?.size ?? 0))
        }
        var bytes = state.live
        if let kept = state.kept { bytes = try read(kept, from: offset) }
        return (bytes, state.hasEnded && offset + bytes.count >= state.length)
    }

    /// The log of an ended run, stored as a blob.
    private struct KeptLog: FetchableRecord, Sendable {
        let digest: Digest
        let size: Int64

        init(row: Row) throws {
            digest = try Digest(bytes: Array(row["log"] as Data))
            size = row["size"]
        }
    }

    private struct LogState: Sendable {
        let kept: KeptLog?
        let live: Data
        let hasEnded: Bool
        let length: Int
    }

    private func read(_ log: KeptLog, from offset: Int) throws -> Data {
        let reader = try blobs.open(log.digest, size: log.size)
        let length = min(Self.logPiece, max(0, Int(log.size) - offset))
        var bytes = Data(count: length)
        let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0, at: Int64(offset)) }
        return bytes.prefix(count)
    }

    private static func liveLogLength(_ id: RunID, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT position + length(chunk) FROM reproduction_log WHERE reproduction_id = ?
                    ORDER BY position DESC LIMIT 1
                    """), arguments: [id.text]) ?? 0
    }

    private static func liveLog(_ id: RunID, from offset: Int, _ db: Database) throws -> Data {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT position, chunk FROM reproduction_log WHERE reproduction_id = ? AND position + length(chunk) > ?
                    ORDER BY position
                    """), arguments: [id.text, offset])
        var bytes = Data()
        while bytes.count < logPiece, let row = try rows.next() {
            let chunk: Data = row["chunk"]
            bytes += chunk.dropFirst(max(0, offset - (row["position"] as Int)))
        }
        return bytes
    }
}
