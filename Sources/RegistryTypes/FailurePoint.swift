import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The numbered steps of a durable write, at which a test can have the process die.
///
/// `ASSAY_FAILURE_POINT=<name>` in the server's environment makes the process kill itself, as by `kill -9`, when it
/// first reaches that step. Kill tests walk `allCases`; nothing else sets the variable.
package enum FailurePoint: String, CaseIterable, Sendable {
    case blobFileOpened = "1-blob-file-opened"
    case blobBytesWritten = "2-blob-bytes-written"
    case blobFileSynced = "3-blob-file-synced"
    case blobFileRenamed = "4-blob-file-renamed"
    case blobFolderSynced = "5-blob-folder-synced"
    case rowsWritten = "6-rows-written"
    case rowsCommitted = "7-rows-committed"

    case backupSnapshotTaken = "backup-1-snapshot-taken"
    case backupBlobsCopied = "backup-2-blobs-copied"
    case backupManifestWritten = "backup-3-manifest-written"
    case backupMadeKnown = "backup-4-made-known"

    case restoreDatabaseCopied = "restore-1-database-copied"
    case restoreBlobsCopied = "restore-2-blobs-copied"
    case restoreChecked = "restore-3-checked"
    case restoreNamed = "restore-4-named"

    /// The steps of an upload.
    package static let ofUpload: [FailurePoint] = [
        .blobFileOpened, .blobBytesWritten, .blobFileSynced, .blobFileRenamed, .blobFolderSynced, .rowsWritten,
        .rowsCommitted,
    ]
    /// The steps of a backup.
    package static let ofBackup: [FailurePoint] = [
        .backupSnapshotTaken, .backupBlobsCopied, .backupManifestWritten, .backupMadeKnown,
    ]
    /// The steps of a restore.
    package static let ofRestore: [FailurePoint] = [
        .restoreDatabaseCopied, .restoreBlobsCopied, .restoreChecked, .restoreNamed,
    ]

    private static let armed = ProcessInfo.processInfo.environment["ASSAY_FAILURE_POINT"]

    /// Marks that the step was reached.
    package func reached() {
        if Self.armed == rawValue { kill(getpid(), SIGKILL) }
    }
}
