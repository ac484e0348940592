import Foundation
package import RegistryTypes

import struct Crypto.SHA256

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One range on its way into the file of an upload session: `write` the bytes in order, then `sync`.
///
/// Calls block for as long as the disk does; make them away from the threads that serve requests.
// Unchecked: one request owns the range and awaits each call before the next, so no two calls overlap.
package final class RangeUpload: @unchecked Sendable {
    private let store: FileBlobStore
    private let path: String
    private let descriptor: Int32
    private var hasher: SHA256?

    /// Where the range begins in the file.
    package let offset: Int64
    /// How many bytes were written so far.
    package private(set) var size: Int64 = 0

    init(store: FileBlobStore, path: String, offset: Int64, isHashed: Bool) throws {
        self.store = store
        self.path = path
        self.offset = offset
        hasher = isHashed ? SHA256() : nil
        descriptor = openFile(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw store.health.failure("cannot open \(path)") }
    }

    deinit {
        close(descriptor)
        store.reserve.wrote(-size)
    }

    /// Writes the next bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher?.update(bufferPointer: bytes)
        var rest = bytes
        var position = offset + size
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = pwrite(descriptor, start, rest.count, off_t(position))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw store.health.failure("cannot write \(path)") }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            position += Int64(count)
        }
        size += Int64(bytes.count)
        store.reserve.wrote(Int64(bytes.count))
    }

    /// Throws `digest-mismatch` unless the bytes written have the digest that their sender gave.
    package func verify(_ expected: Digest) throws {
        guard let hasher, case let found = Digest(hasher.finalize()), found != expected else { return }
        throw RegistryError(
            .digestMismatch, "the bytes of this range have the digest \(found), not \(expected); send the range again")
    }

    /// Makes the bytes durable; they may be promised from then on.
    package func sync() throws {
        FailurePoint.rangeWritten.reached()
        guard fsync(descriptor) == 0 else { throw store.health.failure("cannot sync \(path)") }
        FailurePoint.rangeSynced.reached()
    }
}
