import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bytes of one blob, read by position; closed when the last reference goes.
package final class BlobReader: Sendable {
    /// Which bytes these are.
    package let digest: Digest
    /// How many there are.
    package let size: Int64
    /// The state of the file when it was opened.
    package let identity: FileIdentity
    /// Files that need not be hashed again.
    let verified: VerifiedFiles
    let health: StoreHealth
    let descriptor: Int32

    init(path: String, digest: Digest, size: Int64, verified: VerifiedFiles, health: StoreHealth) throws {
        self.digest = digest
        self.size = size
        self.verified = verified
        self.health = health
        descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            let number = errno
            guard !StoreHealth.isLack(number) else {
                throw RegistryError(
                    .busy, "the stored bytes of \(digest) cannot be opened now: \(String(cString: strerror(number)))")
            }
            throw RegistryError(
                .blobCorrupt, "the stored bytes of \(digest) are missing or were damaged; push the same file again",
                details: ["blob": "missing"])
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size == size else {
            close(descriptor)
            throw RegistryError(
                .blobCorrupt, "the stored bytes of \(digest) do not have their length; push the same file again")
        }
        identity = FileIdentity(status)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    /// Whether the bytes have to be read back from the disk before a part of them is relied on: after a failed fsync,
    /// memory may hold bytes that the disk does not. A whole `VerifiedRead` does it.
    package var isUnproven: Bool { health.unproven.contains(digest) }

    /// Reads up to the buffer's length at an offset; returns how many bytes were read, never 0 before the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 || offset >= size || buffer.isEmpty else {
                throw RegistryError(.blobCorrupt, "the stored bytes of \(digest) cannot be read")
            }
            return count
        }
    }
}
