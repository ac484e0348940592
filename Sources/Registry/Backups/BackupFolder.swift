import BlobStore
import Foundation
import RegistryTypes

/// A folder of backups: one store of blobs for all of them, and a manifest for each.
///
/// `blobs/sha256/ab/<hex>` holds bytes by digest, snapshots of the database among them; `snapshots/<id>.json` is written
/// last. What a backup that was killed left is found by no manifest; the next one uses it.
struct BackupFolder {
    let path: String
    let blobs: FileBlobStore
    private var snapshots: String { path + "/snapshots" }

    /// Opens a folder to read from it.
    init(reading path: String) {
        self.path = path
        blobs = FileBlobStore(reading: path)
    }

    /// Opens a folder to write to it, making what is missing; the caller holds its lock.
    init(writing path: String) throws {
        self.path = path
        blobs = try FileBlobStore(dataFolder: path, minimumFree: 0)
        try blobs.discardUploads(keeping: [])
        try FileManager.default.createDirectory(
            atPath: path + "/snapshots", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        try FileBlobStore.syncFolder(path)
    }

    /// The manifests, newest first; throws `integrity-failure` for one that cannot be understood.
    func manifests() throws -> [BackupManifest] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: snapshots)) ?? []
        return try names.filter { $0.hasSuffix(".json") }.map { try manifest(at: "\(snapshots)/\($0)") }
            .sorted { ($0.createdAt, $0.auditEntries) > ($1.createdAt, $1.auditEntries) }
    }

    /// Reads one manifest.
    func manifest(at path: String) throws -> BackupManifest {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw RegistryError(.notFound, "there is no backup at \(path)")
        }
        do {
            let manifest = try StrictJSON.decode(BackupManifest.self, from: bytes)
            guard manifest.schema == "backup/v1" else {
                throw RegistryError(.integrityFailure, "\(path) is of the unknown kind \(manifest.schema)")
            }
            return manifest
        } catch let error as RegistryError where error.code == .invalidJSON {
            throw RegistryError(.integrityFailure, "\(path) is not the manifest of a backup: \(error.message)")
        }
    }

    /// Makes a backup one, durably: nothing of it may be missing by now.
    func write(_ manifest: BackupManifest) throws {
        let temporary = "\(blobs.uploads)/\(manifest.id).json"
        try manifest.canonicalJSON().write(to: URL(filePath: temporary))
        try FileBlobStore.syncFile(temporary)
        FailurePoint.backupManifestWritten.reached()
        guard rename(temporary, "\(snapshots)/\(manifest.id).json") == 0 else {
            throw RegistryError.system("cannot rename to \(snapshots)/\(manifest.id).json")
        }
        try FileBlobStore.syncFolder(snapshots)
    }

    /// Forgets a backup; its bytes stay until nothing names them.
    func remove(_ manifest: BackupManifest) throws {
        guard unlink("\(snapshots)/\(manifest.id).json") == 0 else {
            throw RegistryError.system("cannot remove the backup \(manifest.id)")
        }
        try FileBlobStore.syncFolder(snapshots)
    }
}
