package import BlobStore
package import GRDB
import RegistryTypes

/// What a failure of SQLite means for the registry: the one table of its result codes.
package struct DatabaseFault {
    private let failure: DatabaseError
    private let isDiskFull: Bool
    private let isLacking: Bool

    /// - Parameters:
    ///   - isDiskFull: what a write beside the database says: SQLite calls a full quota an I/O error.
    ///   - isLacking: whether descriptors are lacking: SQLite says only that it cannot open a file.
    package init(_ failure: DatabaseError, isDiskFull: Bool = false, isLacking: Bool = false) {
        self.failure = failure
        self.isDiskFull = isDiskFull
        self.isLacking = isLacking
    }

    /// The error that the caller gets; one that says that the disk or the database has failed degrades the store.
    package func error(marking health: StoreHealth) -> any Error {
        guard let error = registryError else { return failure }
        if error.code == .storeDegraded || error.code == .databaseCorrupt { health.degrade(error) }
        return error
    }

    /// The error, or nil if SQLite complains of the statement, which is a mistake of this program.
    var registryError: RegistryError? {
        let text = "SQLite says \"\(failure.message ?? "nothing")\" (\(failure.extendedResultCode.rawValue))"
        switch failure.resultCode {
        case .SQLITE_FULL: return full(text)
        case .SQLITE_IOERR where isDiskFull: return full(text)
        case .SQLITE_CANTOPEN where isLacking:
            return RegistryError(.busy, "the server has no descriptor left for its database; try again. \(text)")
        case .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return RegistryError(.busy, "the database is busy; try again. \(text)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return RegistryError(
                .databaseCorrupt,
                "the database is damaged, and nothing is written any more: stop the server, keep a copy of meta.db and "
                    + "meta.db-wal, and restore the last backup. \(text)")
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return RegistryError(
                .storeDegraded,
                "the database cannot be written, and the store only answers reads now: look at the disk, then restart "
                    + "the server. \(text)")
        default: return nil
        }
    }

    private func full(_ text: String) -> RegistryError {
        RegistryError(.storageFull, "the disk of the data folder is full; make room and try again. \(text)")
    }
}
