import BlobStore
import Foundation
import GRDB
import RegistryTypes

extension BackupFolder {
    /// Removes old backups until so many complete ones are left, then the bytes that no backup names any more.
    ///
    /// Backups that lack something do not count, so that they never drive a complete one out. The backup that was just
    /// made stays, also where the clock went backwards. Returns what was removed.
    func keep(_ count: Int, with made: BackupManifest) throws -> [RunID] {
        let all = try manifests()
        let complete = all.indices.filter { all[$0].isComplete }
        guard complete.count > count else { return [] }
        let removed = all[(complete[count - 1] + 1)...].filter { $0.id != made.id }
        // Names first, bytes second: a kill between the two leaves bytes too many, never too few.
        for manifest in removed { try remove(manifest) }
        try removeAll(except: all.filter { !removed.contains($0) })
        return removed.map(\.id)
    }

    private func removeAll(except kept: [BackupManifest]) throws {
        let databases = try kept.map { try RegistryDatabase.openForReading(path: blobs.path(of: $0.database)) }
        defer { for database in databases { try? database.close() } }
        for prefix in UInt8.min...UInt8.max {
            var named = Set(kept.map(\.database))
            for database in databases { named.formUnion(try BlobList.digests(from: prefix, of: database)) }
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(blobs.blobs)/\(Hex.encode([prefix]))") {
                guard let digest = try? Digest(hex: name), !named.contains(digest) else { continue }
                try blobs.remove(digest)
            }
        }
    }

    /// Reads everything that a backup names, from the disk; damaged bytes are moved away, so that the next backup copies
    /// them anew.
    ///
    /// Throws `integrity-failure` if anything is damaged.
    func verify(_ manifest: BackupManifest, progress: (_ done: Int64, _ total: Int64) throws -> Void) throws {
        let total = manifest.databaseSize + manifest.blobBytes
        var done: Int64 = 0
        var damaged: [Digest] = []
        func check(_ digest: Digest, size: Int64) throws {
            if let damage = try blobs.readingDamage(
                of: digest, size: size,
                progress: {
                    done += $0; try progress(done, total)
                })
            {
                if let identity = damage.identity { _ = try blobs.quarantine(digest, identity) }
                damaged.append(digest)
            }
        }
        try check(manifest.database, size: manifest.databaseSize)
        if damaged.isEmpty {
            let missing = Set(manifest.missing)
            let snapshot = try RegistryDatabase.openForReading(path: blobs.path(of: manifest.database))
            defer { try? snapshot.close() }
            try BlobList.forEach(of: snapshot) { blob in
                if !missing.contains(blob.sha256) { try check(blob.sha256, size: blob.size) }
            }
        }
        guard let first = damaged.first else { return }
        throw RegistryError(
            .integrityFailure,
            "\(damaged.count) blobs of the backup \(manifest.id) are damaged, \(first) the first; they were moved to "
                + "\(blobs.quarantined), and the next backup copies them anew")
    }
}
