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
    /// Where files without a row wait for their end, in case somebody misses them.
    package let lostAndFound: String
    /// The folder of files that were found damaged, made when the first one is.
    package let quarantined: String
    /// Held while a file gets or loses its final name.
    let locks = BlobLocks()
    /// Files that were hashed lately.
    let verified = VerifiedFiles()
    /// Whether it may be written.
    package let health = StoreHealth()
    /// What uploads leave free of the disk.
    package let reserve: SpaceReserve
    /// What is given back when nothing is free any more.
    package let ballast: Ballast

    /// Opens the store below a data folder, making what is missing.
    ///
    /// Throws `data-folder-unusable`. The caller holds the data folder's lock.
    ///
    /// - Parameter minimumFree: the bytes of the disk that uploads leave free; by default 1 GiB or 2 %, if that is more.
    package init(dataFolder: String, minimumFree: Int64? = nil) throws {
        self.init(reading: dataFolder, minimumFree: minimumFree)
        for folder in [dataFolder + "/blobs", blobs, uploads, lostAndFound] { try Self.makeFolder(folder) }
        for prefix in 0...255 { try Self.makeFolder(blobs + "/" + Hex.encode([UInt8(prefix)])) }
        for folder in [blobs, dataFolder + "/blobs", dataFolder] { try Self.syncFolder(folder, health) }
        guard try Self.device(of: blobs) == Self.device(of: uploads) else {
            throw RegistryError(.dataFolderUnusable, "\(uploads) and \(blobs) must be on one file system")
        }
    }

    /// The store below a data folder as it stands: nothing is made and nothing thrown away.
    package init(reading dataFolder: String, minimumFree: Int64? = nil) {
        blobs = dataFolder + "/blobs/sha256"
        uploads = dataFolder + "/uploads"
        // Not at the top, where a file system that is mounted there keeps a folder of that name itself.
        lostAndFound = dataFolder + "/blobs/lost+found"
        quarantined = dataFolder + "/quarantine"
        reserve = SpaceReserve(folder: dataFolder, minimum: minimumFree)
        ballast = Ballast(path: dataFolder + "/ballast", reserve: reserve)
    }

    /// Where the bytes of a digest are, or would be.
    package func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(blobs)/\(hex.prefix(2))/\(hex)"
    }

    /// Whether the bytes are there.
    package func contains(_ digest: Digest) -> Bool { access(path(of: digest), F_OK) == 0 }

    /// Starts a durable write.
    package func beginUpload() throws -> BlobUpload {
        try health.requireWritable()
        return try BlobUpload(store: self)
    }

    /// Opens a blob for reading; throws `blob-corrupt` if its file is missing, of another length than its row says, or
    /// was found to hold other bytes.
    package func open(_ digest: Digest, size: Int64) throws -> BlobReader {
        guard !health.doubted.contains(digest) else {
            throw RegistryError(
                .blobCorrupt, "the stored bytes of \(digest) are not the ones written; push the same file again")
        }
        return try BlobReader(path: path(of: digest), digest: digest, size: size, verified: verified, health: health)
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw RegistryError(.dataFolderUnusable, "cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the names in a folder durable.
    package static func syncFolder(_ path: String, _ health: StoreHealth? = nil) throws {
        let descriptor = openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        func failure(_ what: String) -> RegistryError { health?.failure(what) ?? .system(what) }
        guard descriptor >= 0 else { throw failure("cannot open the folder \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot sync the folder \(path)") }
    }

    private static func device(of path: String) throws -> dev_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw RegistryError(.dataFolderUnusable, "cannot look at \(path)") }
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
