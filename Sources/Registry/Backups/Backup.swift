import AuditLog
import BlobStore
import Foundation
import GRDB
import Migrations
import RegistryTypes

/// Makes one backup: first the database, then the blobs that it names, last the manifest (invariants I22, I23).
///
/// Nothing that an earlier backup needs is changed, so that a kill at any moment leaves those as they were.
struct Backup {
    let id: RunID
    let database: any DatabaseReader
    let source: FileBlobStore
    let folder: BackupFolder
    /// Told how many of the bytes are done; throws to end the backup.
    let progress: (_ done: Int64, _ total: Int64) throws -> Void

    /// Carries the backup out; takes as long as the disks do.
    func make(at now: Int64) throws -> BackupReport {
        let (digest, size) = try folder.blobs.take(takeSnapshot())
        FailurePoint.backupSnapshotTaken.reached()
        let snapshot = try RegistryDatabase.openForReading(path: folder.blobs.path(of: digest))
        defer { try? snapshot.close() }
        let log = try Self.auditLog(of: snapshot)
        let total = try snapshot.read { try Int64.fetchOne($0, sql: "SELECT coalesce(sum(size), 0) FROM blobs") ?? 0 }
        var manifest = BackupManifest(
            id: id, createdAt: now, program: ProgramVersion.current, databaseSchema: Migrations.all.count,
            database: digest, databaseSize: size, blobs: 0, blobBytes: total, auditEntries: log.size,
            auditRoot: log.digest, missing: [])
        var report = BackupReport(manifest: manifest, copiedBlobs: 0, copiedBytes: 0, verified: false, removed: [])
        var done: Int64 = 0
        try BlobList.forEach(of: snapshot) { blob in
            manifest.blobs += 1
            do {
                let isCopied = try folder.blobs.copy(blob.sha256, size: blob.size, from: source) { count in
                    done += count
                    try progress(done, total)
                }
                guard isCopied else { return }
                report.copiedBlobs += 1
                report.copiedBytes += blob.size
            } catch let error as RegistryError where error.code == .blobCorrupt {
                manifest.missing.append(blob.sha256)
            }
        }
        FailurePoint.backupBlobsCopied.reached()
        try folder.write(manifest)
        FailurePoint.backupMadeKnown.reached()
        report.manifest = manifest
        return report
    }

    /// Copies the database as it is at one moment, while the server writes on; returns where to.
    private func takeSnapshot() throws -> String {
        let path = "\(folder.blobs.uploads)/\(id).db"
        let copy = try DatabaseQueue(path: path)
        try database.backup(to: copy)
        try copy.writeWithoutTransaction { db in
            // One file without a log beside it.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let complaints = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
            guard complaints == ["ok"] else {
                throw RegistryError(
                    .integrityFailure,
                    "the database is damaged, so no backup was made and the earlier ones stay: "
                        + "\(complaints.joined()); `assay fsck` says more")
            }
        }
        try copy.close()
        return path
    }

    /// The root of the audit log in a database.
    static func auditLog(of database: some DatabaseReader) throws -> MerkleRoot {
        try database.read { db in
            var root = MerkleRoot()
            let entries = try Data.fetchCursor(db, sql: "SELECT entry FROM audit_entries ORDER BY sequence")
            while let entry = try entries.next() { root.append(MerkleTree.leafHash(entry)) }
            return root
        }
    }
}
