import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Has what was written since the good mark read back before anything relies on it (invariant I4): looks for its
    /// names only, so that a start takes no longer for it.
    func requireProofSinceGoodMark() throws {
        if let last = try goodMark.read() {
            for digest in last.doubted { blobs.health.doubt(digest) }
            blobs.health.requireProof(of: try database.pool.read { try Self.blobs(since: last, $0) })
        }
        if blobs.health.unproven.isEmpty { try markProven() }
    }

    /// Reads back from the disk what was written since the good mark, and writes the next one; the server does it once,
    /// after its start.
    ///
    /// Bytes that are other ones are kept, and not served until the same file is pushed again; they are returned.
    package func proveWritten() async throws -> [Digest] {
        var damaged: [Digest] = []
        for digest in blobs.health.unproven {
            let size = try await database.read { db in
                try Int64.fetchOne(db, sql: "SELECT size FROM blobs WHERE digest = ?", arguments: [Data(digest.bytes)])
            }
            if let size, try await !isStored(digest, size), blobs.health.unproven.contains(digest) {
                blobs.health.doubt(digest)
                damaged.append(digest)
            }
            blobs.health.endProof(of: digest)
        }
        try await Blocking.run { try markProven() }
        return damaged
    }

    private func markProven() throws {
        RecoveryStep.bytesVerified.reached()
        try markGood()
        RecoveryStep.markWritten.reached()
    }

    /// Does `markGood` off the threads that serve requests.
    package func keepGoodMark() async throws { try await Blocking.run { try markGood() } }

    /// Writes down that all bytes up to now are good; does nothing once the store has failed, or before it is proven.
    func markGood() throws {
        guard blobs.health.fault == nil, blobs.health.unproven.isEmpty else { return }
        // Taken before the health is looked at again: an entry is written after its bytes are on the disk.
        let sequence = try database.pool.read {
            try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM audit_entries") ?? -1
        }
        let content = GoodMark.Content(
            auditSequence: sequence, time: clock(), doubted: blobs.health.doubted.sorted { $0.hex < $1.hex })
        let last = try? goodMark.read()
        guard blobs.health.fault == nil else { return }
        guard last?.auditSequence != sequence || last?.doubted != content.doubted else { return }
        // On a full disk the old mark stays good, and the next start verifies more than it must.
        guard blobs.reserve.free >= Self.leastFreeForMark else { return }
        try goodMark.write(content)
    }

    /// Bytes that must be free for the mark to be replaced.
    private static let leastFreeForMark: Int64 = 1 << 16

    /// The blobs that the audit log names behind a mark.
    private static func blobs(since mark: GoodMark.Content, _ db: Database) throws -> Set<Digest> {
        // Canonical JSON begins with the action; most entries are not even parsed.
        let beginning = Data(#"{"action":"blob."#.utf8)
        let entries = try Data.fetchCursor(
            db, sql: "SELECT entry FROM audit_entries WHERE sequence > ? AND substr(entry, 1, ?) = ?",
            arguments: [mark.auditSequence, beginning.count, beginning])
        var digests: Set<Digest> = []
        while let entry = try entries.next() {
            if let text = try JSONParser.parse(entry)["digest"]?.string { digests.insert(try Digest(text)) }
        }
        return digests
    }

    private func isStored(_ digest: Digest, _ size: Int64) async throws -> Bool {
        let blobs = blobs
        return try await Blocking.runCancellably(.lower(by: 19)) { cancellation in
            do {
                let read = try VerifiedRead(blobs.open(digest, size: size), fromDisk: true)
                while !read.isComplete {
                    try cancellation.check()
                    _ = try read.advance(by: 1 << 24)
                }
                return true
            } catch let error as RegistryError where error.code == .blobCorrupt {
                return false
            }
        }
    }
}
