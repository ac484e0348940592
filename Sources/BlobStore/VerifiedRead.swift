import RegistryTypes

import struct Crypto.SHA256

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a blob once from its start to its end; the last bytes are only given out when all of them have their digest.
// Unchecked: one task owns the read and awaits each call before the next, so no two calls overlap.
package final class VerifiedRead: @unchecked Sendable {
    private let reader: BlobReader
    /// Nil where the file need not be hashed.
    private var hash: SHA256?
    private let isFromDisk: Bool
    private let wasSettled: Bool
    private var position: Int64 = 0

    /// Starts a read.
    ///
    /// - Parameter isFromDisk: whether the disk itself shall be read, whatever is in the system's cache or was found
    ///   before; it always is for bytes that are unproven since the last start.
    package init(_ reader: BlobReader, fromDisk isFromDisk: Bool = false) {
        let isFromDisk = isFromDisk || reader.isUnproven
        self.reader = reader
        self.isFromDisk = isFromDisk
        wasSettled = reader.identity.isSettled
        hash = !isFromDisk && reader.verified.contains(reader.digest, reader.identity) ? nil : SHA256()
    }

    /// Whether the bytes are hashed: not where the file was found right within the last day and is unchanged since.
    package var isHashing: Bool { hash != nil }

    /// Whether everything was read.
    package var isComplete: Bool { position == reader.size }

    /// Reads the next bytes; returns how many, never 0 before the end.
    ///
    /// Throws `blob-corrupt` instead of the last ones if the bytes are not those of the digest.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if isFromDisk { forgetCache(buffer.count) }
        let count = try reader.read(into: buffer, at: position)
        if isFromDisk { forgetCache(count) }
        hash?.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        position += Int64(count)
        if isComplete { try compare() }
        return count
    }

    /// Reads up to so many bytes for their hash alone; returns how many.
    package func advance(by most: Int) throws -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var total = 0
        repeat { total += try read(into: buffer) } while total < most && !isComplete
        return total
    }

    private func compare() throws {
        guard let hash else { return }
        guard Array(hash.finalize()) == reader.digest.bytes else {
            throw RegistryError(
                .blobCorrupt,
                "the stored bytes of \(reader.digest) do not have their digest any more; push the same file again")
        }
        reader.health.endProof(of: reader.digest)
        if wasSettled { reader.verified.insert(reader.digest, reader.identity) }
    }

    private func forgetCache(_ count: Int) {
        posix_fadvise(reader.descriptor, off_t(position), off_t(count), POSIX_FADV_DONTNEED)
    }
}
