import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The numbered steps of what changes files and rows together, at which a test can have the process die.
///
/// `ASSAY_FAILURE_POINT=<name>` in the server's environment makes the process kill itself, as by `kill -9`, when it
/// first reaches that step. Kill tests walk the lists below; nothing else sets the variable.
package enum FailurePoint: String, CaseIterable, Sendable {
    case blobFileOpened = "1-blob-file-opened"
    case blobBytesWritten = "2-blob-bytes-written"
    case blobFileSynced = "3-blob-file-synced"
    case blobFileRenamed = "4-blob-file-renamed"
    case blobFolderSynced = "5-blob-folder-synced"
    case rowsWritten = "6-rows-written"
    case rowsCommitted = "7-rows-committed"
    case blobsCondemned = "8-blobs-condemned"
    case blobRowsDeleted = "9-blob-rows-deleted"
    case blobFileRemoved = "10-blob-file-removed"
    case blobFilePutAside = "11-blob-file-put-aside"

    // An upload session, before its file goes the way of the steps 4 to 7.
    case sessionFileMade = "u1-session-file-made"
    case sessionOpened = "u2-session-opened"
    case rangeWritten = "u3-range-written"
    case rangeSynced = "u4-range-synced"
    case extentCommitted = "u5-extent-committed"
    case sessionVerified = "u6-session-verified"

    case backupSnapshotTaken = "backup-1-snapshot-taken"
    case backupBlobsCopied = "backup-2-blobs-copied"
    case backupManifestWritten = "backup-3-manifest-written"
    case backupMadeKnown = "backup-4-made-known"

    case restoreDatabaseCopied = "restore-1-database-copied"
    case restoreBlobsCopied = "restore-2-blobs-copied"
    case restoreChecked = "restore-3-checked"
    case restoreNamed = "restore-4-named"

    /// The steps of bytes that come in one piece, in their order.
    package static let ofUpload: [FailurePoint] = [
        .blobFileOpened, .blobBytesWritten, .blobFileSynced, .blobFileRenamed, .blobFolderSynced, .rowsWritten,
        .rowsCommitted,
    ]
    /// The steps of a collection, in their order.
    package static let ofCollection: [FailurePoint] = [
        .blobsCondemned, .blobRowsDeleted, .blobFileRemoved, .blobFilePutAside,
    ]
    /// The steps of bytes that come in ranges.
    package static let ofUploadSession: [FailurePoint] = [
        .sessionFileMade, .sessionOpened, .rangeWritten, .rangeSynced, .extentCommitted, .sessionVerified,
        .blobFileRenamed, .blobFolderSynced, .rowsWritten, .rowsCommitted,
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
    package func reached() { Self.reached(rawValue) }

    /// Marks that a step of that name was reached.
    static func reached(_ name: String) {
        if armed == name { kill(getpid(), SIGKILL) }
    }
}
