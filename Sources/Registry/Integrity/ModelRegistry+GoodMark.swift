import BlobStore
import Foundation
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Reads back what was written since the good mark, and writes the next one (invariant I4).
    ///
    /// Bytes that are other ones are kept, and not served until the same file is pushed again.
    func verifySinceGoodMark() throws {
        let last = try goodMark.read()
        let written = try last.map { mark in try database.pool.read { try Self.blobs(since: mark, $0) } } ?? [:]
        for (digest, size) in written {
            if try !isStored(digest, size) { blobs.health.doubt(digest) }
        }
        RecoveryStep.bytesVerified.reached()
        try markGood()
        RecoveryStep.markWritten.reached()
    }

    /// Does `markGood` off the threads that serve requests.
    package func keepGoodMark() async throws { try await Blocking.run { try markGood() } }

    /// Writes down that all bytes up to now are good; does nothing once the store has failed.
    func markGood() throws {
        guard blobs.health.fault == nil else { return }
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

    /// The blobs that the audit log names behind a mark, and those in doubt, with their sizes.
    private static func blobs(since mark: GoodMark.Content, _ db: Database) throws -> [Digest: Int64] {
        var found: [Digest: Int64] = [:]
        let entries = try Data.fetchCursor(
            db, sql: "SELECT entry FROM audit_entries WHERE sequence > ?", arguments: [mark.auditSequence])
        var digests = Set(mark.doubted)
        while let entry = try entries.next() {
            let entry = try JSONParser.parse(entry)
            guard entry["action"]?.string?.hasPrefix("blob.") == true else { continue }
            if let text = entry["digest"]?.string { digests.insert(try Digest(text)) }
        }
        for digest in digests {
            found[digest] = try Int64.fetchOne(
                db, sql: "SELECT size FROM blobs WHERE digest = ?", arguments: [Data(digest.bytes)])
        }
        return found
    }

    private func isStored(_ digest: Digest, _ size: Int64) throws -> Bool {
        do {
            let reader = try blobs.open(digest, size: size)
            reader.forgetCached()
            return try reader.isIntact()
        } catch let error as RegistryError where error.code == .blobCorrupt {
            return false
        }
    }
}
