import AuditLog
import BlobStore
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Asks for a backup into the server's folder of backups; an administrator of the server may.
    package func requestBackup(_ request: RequestBackup, as caller: Caller) async throws -> UpkeepRecord {
        try Self.check(request)
        let hasFolder = backups != nil
        return try await queue(.backup, request, as: caller) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard hasFolder else { throw RegistryError.noBackups }
        }
    }

    /// After a backup that failed, the next one is not asked for within this time.
    private static let pauseAfterFailure: Int64 = 3_600_000

    /// Asks for a backup on the server's own behalf, if the last one is older than the interval and none is under way.
    ///
    /// - Parameter interval: in milliseconds.
    package func requestBackup(olderThan interval: Int64, keep: Int?) async throws {
        let now = clock()
        let isDue = try await database.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT NOT EXISTS (
                        SELECT 1 FROM upkeep WHERE kind = 'backup' AND (state IN ('queued', 'running')
                            OR created_at > CASE state WHEN 'failed' THEN ? ELSE ? END))
                    """, arguments: [now - min(interval, Self.pauseAfterFailure), now - interval]) ?? false
        }
        guard isDue else { return }
        do {
            _ = try await queue(.backup, RequestBackup(keep: keep), as: .server) { _ in }
        } catch let error as RegistryError where error.code == .conflict {}
    }

    /// The backups in the server's folder, newest first.
    package func backups(as caller: Caller) async throws -> Page<BackupManifest> {
        let refusal = AuditEntry("backup.list", namespace: nil, object: "server")
        try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
        }
        guard let backups else { throw RegistryError.noBackups }
        return Page(items: try await Blocking.run { try BackupFolder(reading: backups).manifests() })
    }

    /// Makes a backup; what is damaged in the store is named in its manifest, and taken out of service.
    func backUp(_ request: RequestBackup, _ id: RunID) async throws -> BackupReport {
        guard let backups else { throw RegistryError.noBackups }
        let (database, blobs, upkeep, now) = (database.pool, blobs, upkeep, clock())
        // What the snapshot names must be there until it is copied (invariant I22).
        let report = try await withoutGarbageCollection {
            try await Blocking.runCancellably(.idle) { cancellation in
                let lock = try DataFolderLock(dataFolder: backups)
                defer { withExtendedLifetime(lock) {} }
                let folder = try BackupFolder(writing: backups)
                func progress(_ done: Int64, _ total: Int64) throws {
                    try cancellation.check()
                    upkeep.set(.init(done: done, total: total), of: id)
                }
                let backup = Backup(id: id, database: database, source: blobs, folder: folder, progress: progress)
                var report = try backup.make(at: now)
                if request.verify == true {
                    try folder.verify(report.manifest, progress: progress)
                    report.verified = true
                }
                if let keep = request.keep, report.manifest.isComplete {
                    report.removed = try folder.keep(keep, with: report.manifest)
                }
                return report
            }
        }
        try await quarantine(report.manifest.missing)
        return report
    }

    private static func check(_ request: RequestBackup) throws {
        guard request.keep.map({ $0 >= 1 }) ?? true else {
            throw RegistryError(.invalidRequest, "keep is the number of backups that stay, at least 1")
        }
    }
}

extension RegistryError {
    /// The server has no folder for backups.
    fileprivate static let noBackups = RegistryError(
        .conflict, "this server makes no backups; start it with `assay serve --backups <folder>`")
}
