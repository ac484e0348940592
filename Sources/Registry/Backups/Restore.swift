import BlobStore
import Foundation
import GRDB
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes a data folder from a backup; it only gets its name when everything in it was proven.
package struct Restore: Sendable {
    /// What was restored, and what the check of it found.
    package struct Outcome: Sendable {
        package let manifest: BackupManifest
        package let report: FsckReport
    }

    private let folder: BackupFolder
    private let manifest: BackupManifest
    private let target: String
    private let allowsIncomplete: Bool
    private let progress: @Sendable (_ done: Int64, _ total: Int64) -> Void

    /// Prepares a restore.
    ///
    /// - Parameters:
    ///   - backup: a folder of backups, of which the newest complete one is taken, or one manifest in it.
    ///   - target: the new data folder; throws `conflict` if anything is in it.
    package init(
        backup: String, target: String, allowsIncomplete: Bool,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws {
        if backup.hasSuffix(".json") {
            let path = URL(filePath: backup).deletingLastPathComponent().deletingLastPathComponent()
            folder = BackupFolder(reading: path.path(percentEncoded: false))
            manifest = try folder.manifest(at: backup)
        } else {
            folder = BackupFolder(reading: backup)
            guard let newest = try folder.manifests().first(where: { $0.isComplete || allowsIncomplete }) else {
                throw RegistryError(.notFound, "there is no complete backup in \(backup)")
            }
            manifest = newest
        }
        guard manifest.isComplete || allowsIncomplete else {
            throw RegistryError(
                .integrityFailure,
                "the backup \(manifest.id) lacks \(manifest.missing.count) blobs that the store had lost; restore it "
                    + "without them with --allow-incomplete")
        }
        guard (try? FileManager.default.contentsOfDirectory(atPath: target))?.isEmpty ?? true else {
            throw RegistryError(.conflict, "\(target) is not empty; nothing was changed. Name a new folder")
        }
        self.target = target
        self.allowsIncomplete = allowsIncomplete
        self.progress = progress
    }

    /// Copies, hashes and checks everything; a restore that was killed goes on where it was.
    ///
    /// Throws `integrity-failure` if anything is not what the manifest says; the folder then keeps the name of an
    /// unfinished one, `<target>.restoring`.
    package func run() async throws -> Outcome {
        try await Blocking.runCancellably(.lower(by: 19)) { try carryOut($0) }
    }

    private func carryOut(_ cancellation: Blocking.Cancellation) throws -> Outcome {
        let unfinished = target + ".restoring"
        let lock = try DataFolderLock(dataFolder: unfinished)
        defer { withExtendedLifetime(lock) {} }
        let blobs = try FileBlobStore(dataFolder: unfinished, minimumFree: 0)
        try blobs.discardUploads(keeping: [])
        try copyDatabase(into: blobs, as: unfinished + "/meta.db")
        FailurePoint.restoreDatabaseCopied.reached()
        let database = try RegistryDatabase.open(path: unfinished + "/meta.db")
        var done: Int64 = 0
        let missing = Set(manifest.missing)
        try BlobList.forEach(of: database) { blob in
            guard !missing.contains(blob.sha256) else { return }
            _ = try blobs.copy(blob.sha256, size: blob.size, from: folder.blobs) { count in
                try cancellation.check()
                done += count
                progress(done, manifest.blobBytes)
            }
        }
        FailurePoint.restoreBlobsCopied.reached()
        let report = try check(database, blobs, cancellation)
        try database.close()
        FailurePoint.restoreChecked.reached()
        try name(unfinished)
        FailurePoint.restoreNamed.reached()
        return Outcome(manifest: manifest, report: report)
    }

    /// Every restore starts with the database of the backup, whatever an unfinished one left.
    private func copyDatabase(into blobs: FileBlobStore, as path: String) throws {
        for leftover in ["", "-wal", "-shm"] { unlink(path + leftover) }
        _ = try blobs.copy(manifest.database, size: manifest.databaseSize, from: folder.blobs) { _ in }
        let copy = blobs.path(of: manifest.database)
        guard chmod(copy, 0o640) == 0, rename(copy, path) == 0 else {
            throw RegistryError.system("cannot make \(path)")
        }
    }

    /// The checks of `assay fsck --read-data`, and the proof that the audit log is the one of the manifest.
    private func check(
        _ database: DatabasePool, _ blobs: FileBlobStore, _ cancellation: Blocking.Cancellation
    ) throws -> FsckReport {
        var fsck = Fsck(database: database, blobs: blobs, readsData: true, grace: 0) { done, total in
            try cancellation.check()
            progress(done, total)
        }
        var report = try fsck.run()
        let known = Set(manifest.missing.map { "blob:\($0)" })
        if let finding = report.findings.first(where: { !known.contains($0.object) }) {
            throw failure("\(finding.object): \(finding.detail)")
        }
        report.findings = report.findings.filter { known.contains($0.object) }
        guard report.auditRoot == manifest.auditRoot, report.auditEntries == manifest.auditEntries else {
            throw failure("the audit log is not the one that the manifest names")
        }
        guard report.blobs == manifest.blobs, report.blobBytes == manifest.blobBytes else {
            throw failure("the database does not name the blobs that the manifest counts")
        }
        return report
    }

    private func failure(_ what: String) -> RegistryError {
        RegistryError(
            .integrityFailure, "\(what). Nothing was restored; what there is stands in \(target).restoring")
    }

    private func name(_ unfinished: String) throws {
        for folder in [unfinished, unfinished + "/blobs"] { try FileBlobStore.syncFolder(folder) }
        guard rename(unfinished, target) == 0 else { throw RegistryError.system("cannot rename to \(target)") }
        try FileBlobStore.syncFolder(URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false))
    }
}
