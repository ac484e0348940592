import Foundation
package import RegistryTypes

import struct Crypto.SHA256

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The one file of an upload session, `uploads/<id>`: ranges are written at their places, in any order and several at once.
///
/// Life of the bytes: the file is made and its folder synced → the session's row → a range is written (`pwrite`) → fsync →
/// its extent's row (invariant I7) → … → all bytes hashed (I8) → fsync, rename, fsync of the folder, as for any blob.
/// What lies outside of the extents after a crash is promised to nobody and written over.
package struct SessionFile: Sendable {
    private let store: FileBlobStore
    private let path: String

    init(store: FileBlobStore, id: RunID) {
        self.store = store
        path = "\(store.uploads)/\(id)"
    }

    /// Makes the file, empty and durable under its name.
    package func make() throws {
        let descriptor = openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw store.health.failure("cannot make \(path)") }
        close(descriptor)
        try FileBlobStore.syncFolder(store.uploads, store.health)
        FailurePoint.sessionFileMade.reached()
    }

    /// Whether the file is there; it is gone once published.
    package var exists: Bool { access(path, F_OK) == 0 }

    /// Removes the file, if it is there.
    package func remove() { unlink(path) }

    /// Starts to write bytes from an offset on.
    ///
    /// - Parameter isHashed: whether the digest of the range will be asked for.
    package func beginRange(at offset: Int64, isHashed: Bool) throws -> RangeUpload {
        try RangeUpload(store: store, path: path, offset: offset, isHashed: isHashed)
    }

    /// Gives the file the name of its digest, durably, after all its bytes were hashed.
    ///
    /// Nobody else may write to the file meanwhile. Throws `digest-mismatch` if the bytes are others. A try that came
    /// as far as the name before it failed is taken up there.
    package func publish(as digest: Digest, size: Int64) throws {
        let isPublished = !exists && store.contains(digest)
        let reader = try BlobReader(
            path: isPublished ? store.path(of: digest) : path, digest: digest, size: size,
            verified: store.verified, health: store.health)
        guard try reader.isIntact() else {
            throw RegistryError(
                .digestMismatch, "the \(size) bytes received do not have the digest \(digest); send them again")
        }
        FailurePoint.sessionVerified.reached()
        guard !isPublished else { return }
        try seal()
        try store.publish(path, as: digest)
    }

    private func seal() throws {
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw store.health.failure("cannot open \(path)") }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o440) == 0, fsync(descriptor) == 0 else {
            throw store.health.failure("cannot sync \(path)")
        }
    }
}
