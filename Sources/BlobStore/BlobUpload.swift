import Foundation
package import RegistryTypes

import struct Crypto.SHA256

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One durable write of a blob: `write` the bytes in order, then `finish`; a value that is dropped leaves nothing.
///
/// Calls block for as long as the disk does; make them away from the threads that serve requests.
// Unchecked: one request owns the upload and awaits each call before the next, so no two calls overlap.
package final class BlobUpload: @unchecked Sendable {
    private let store: FileBlobStore
    private let path: String
    private var descriptor: Int32
    private var hasher = SHA256()

    /// Bytes after which the disk is told to begin, so that the sync at the end has little left to wait for.
    private static let ahead: Int64 = 8 << 20
    /// How many bytes the disk was told of.
    private var begun: Int64 = 0

    /// How many bytes were written so far.
    package private(set) var size: Int64 = 0

    init(store: FileBlobStore) throws {
        self.store = store
        path = "\(store.uploads)/\(RunID(at: Int64(Date().timeIntervalSince1970 * 1000)))"
        descriptor = openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw store.health.failure("cannot make \(path)") }
        FailurePoint.blobFileOpened.reached()
    }

    deinit {
        abandon()
        store.reserve.wrote(-size)
    }

    /// Hashes and writes the next bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = writeBytes(descriptor, start, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw store.health.failure("cannot write \(path)") }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        size += Int64(bytes.count)
        store.reserve.wrote(Int64(bytes.count))
        if size - begun >= Self.ahead { beginWritingBack() }
    }

    /// Has the kernel begin to write what is new; makes nothing durable.
    private func beginWritingBack() {
        #if os(Linux)
            // Starts the write-back of dirty pages; drops only pages that are clean, which these are not.
            posix_fadvise(descriptor, off_t(begun), off_t(size - begun), POSIX_FADV_DONTNEED)
        #endif
        begun = size
    }

    /// Makes the bytes durable under their digest, and returns it.
    ///
    /// Throws `digest-mismatch` or `length-mismatch` if the bytes are not the expected ones; nothing stays then.
    package func finish(expecting expected: Digest?, size expectedSize: Int64? = nil) throws -> Digest {
        let digest = Digest(hasher.finalize())
        FailurePoint.blobBytesWritten.reached()
        if let expectedSize, expectedSize != size {
            throw RegistryError(
                .lengthMismatch, "\(expectedSize) bytes were declared, but \(size) received; send it again")
        }
        if let expected, expected != digest {
            throw RegistryError(
                .digestMismatch, "the bytes received have the digest \(digest), not \(expected); send them again")
        }
        guard fchmod(descriptor, 0o440) == 0, fsync(descriptor) == 0 else {
            throw store.health.failure("cannot sync \(path)")
        }
        let closing = close(descriptor)
        descriptor = -1
        guard closing == 0 else {
            let error = store.health.failure("cannot close \(path)")
            unlink(path)
            throw error
        }
        FailurePoint.blobFileSynced.reached()
        try store.publish(path, as: digest)
        return digest
    }

    /// Gives up: the file goes away. Does nothing after `finish`.
    package func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(path)
    }
}
