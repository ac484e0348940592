import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes by digest, in files: `blobs/sha256/ab/<64 hex>` below the data folder.
///
/// A durable write follows invariant I1 of the storage design: a new file below `uploads/`, hashed while written →
/// digest compared → fsync(file) → rename to the final name → fsync(folder). The caller then commits the row. A file
/// at its final name is never opened for writing again (I3).
package struct FileBlobStore: Sendable {
    /// The folder of one file a blob, by the first two hex digits.
    package let blobs: String
    /// The folder of uploads under way; on the same file system, so that rename is atomic.
    package let uploads: String
    /// The folder of files that were found damaged, made when the first one is.
    package let quarantined: String
    /// Held while a file gets or loses its final name.
    let locks = BlobLocks()
    /// Files that were hashed lately.
    let verified = VerifiedFiles()

    /// Opens the store below a data folder, making what is missing, and throws away uploads that a crash left.
    ///
    /// Throws `data-folder-unusable`. The caller holds the data folder's lock.
    package init(dataFolder: String) throws {
        self.init(reading: dataFolder)
        for folder in [dataFolder + "/blobs", blobs, uploads] { try Self.makeFolder(folder) }
        for prefix in 0...255 { try Self.makeFolder(blobs + "/" + Hex.encode([UInt8(prefix)])) }
        for folder in [blobs, dataFolder + "/blobs", dataFolder] { try Self.syncFolder(folder) }
        guard try Self.device(of: blobs) == Self.device(of: uploads) else {
            throw RegistryError(.dataFolderUnusable, "\(uploads) and \(blobs) must be on one file system")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: uploads) { unlink(uploads + "/" + name) }
    }

    /// The store below a data folder as it stands: nothing is made and nothing thrown away.
    package init(reading dataFolder: String) {
        blobs = dataFolder + "/blobs/sha256"
        uploads = dataFolder + "/uploads"
        quarantined = dataFolder + "/quarantine"
    }

    /// Where the bytes of a digest are, or would be.
    package func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(blobs)/\(hex.prefix(2))/\(hex)"
    }

    /// Whether the bytes are there.
    package func contains(_ digest: Digest) -> Bool { access(path(of: digest), F_OK) == 0 }

    /// Starts a durable write.
    package func beginUpload() throws -> BlobUpload { try BlobUpload(store: self) }

    /// Opens a blob for reading; throws `blob-corrupt` if its file is missing or of another length than its row says.
    package func open(_ digest: Digest, size: Int64) throws -> BlobReader {
        try BlobReader(path: path(of: digest), digest: digest, size: size, verified: verified)
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw RegistryError(.dataFolderUnusable, "cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the names in a folder durable.
    package static func syncFolder(_ path: String) throws {
        let descriptor = openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RegistryError.system("cannot open the folder \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw RegistryError.system("cannot sync the folder \(path)") }
    }

    private static func device(of path: String) throws -> dev_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw RegistryError.system("cannot look at \(path)") }
        return status.st_dev
    }
}

extension RegistryError {
    /// The error of a system call that just failed: `storage-full` for a full disk or quota.
    package static func system(_ what: String) -> RegistryError {
        let number = errno
        let code: ErrorCode = number == ENOSPC || number == EDQUOT ? .storageFull : .internalError
        return RegistryError(code, "\(what): \(String(cString: strerror(number)))")
    }
}

/// `open(2)`, under a name that methods called `open` do not hide.
func openFile(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 { open(path, flags, mode) }

/// `write(2)`, likewise.
func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
