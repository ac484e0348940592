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

    // An upload session, before its file goes the way of the steps 4 to 7.
    case sessionFileMade = "u1-session-file-made"
    case sessionOpened = "u2-session-opened"
    case rangeWritten = "u3-range-written"
    case rangeSynced = "u4-range-synced"
    case extentCommitted = "u5-extent-committed"
    case sessionVerified = "u6-session-verified"

    /// The steps of bytes that come in one piece.
    package static let ofPlainUpload: [FailurePoint] = [
        .blobFileOpened, .blobBytesWritten, .blobFileSynced, .blobFileRenamed, .blobFolderSynced, .rowsWritten,
        .rowsCommitted,
    ]
    /// The steps of bytes that come in ranges.
    package static let ofUploadSession: [FailurePoint] = [
        .sessionFileMade, .sessionOpened, .rangeWritten, .rangeSynced, .extentCommitted, .sessionVerified,
        .blobFileRenamed, .blobFolderSynced, .rowsWritten, .rowsCommitted,
    ]

    private static let armed = ProcessInfo.processInfo.environment["ASSAY_FAILURE_POINT"]

    /// Marks that the step was reached.
    package func reached() {
        if Self.armed == rawValue { kill(getpid(), SIGKILL) }
    }
}
