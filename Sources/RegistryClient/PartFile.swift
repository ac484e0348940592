import Foundation
import NIOCore
import RegistryTypes

import struct Crypto.SHA256

/// A file that is being fetched: written beside its final name, hashed on the way, and renamed when it is whole.
///
/// Life of a file: a new part file (mode 0600) → bytes, hashed as they are written → size and digest compared → fsync →
/// rename to the final name → fsync of the folder. On every other way out the part is removed, so that a file never
/// stands under its final name unless it is complete and verified.
struct PartFile: ~Copyable {
    private let target: URL
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()
    private var isInPlace = false
    /// The bytes written so far.
    private(set) var size: Int64 = 0

    /// Creates the part beside `target`; folders above it are made.
    init(for target: URL) throws {
        let folder = target.deletingLastPathComponent()
        try FileManager.default.makeFolder(folder)
        // A component of a path has at most 255 bytes.
        var name = target.lastPathComponent
        while name.utf8.count > 200 { name.removeLast() }
        let random = UInt64.random(in: 0 ... .max)
        let part = "\(name).assay-part-\(String(random, radix: 16))"
        let path = folder.appending(path: part).path(percentEncoded: false)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        self.target = target
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        if !isInPlace { unlink(path) }
    }

    /// Adds bytes.
    mutating func append(_ buffer: ByteBuffer) throws {
        try buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let written = write(descriptor, part.baseAddress, part.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw Self.failure("write", path) }
                rest = rest.dropFirst(written)
            }
            hasher.update(bufferPointer: bytes)
        }
        size += Int64(buffer.readableBytes)
    }

    /// Starts again from nothing.
    mutating func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw Self.failure("truncate", path)
        }
        hasher = SHA256()
        size = 0
    }

    /// Throws `integrity-failure` unless exactly the expected bytes were written.
    func verify(size expectedSize: Int64?, sha256: Digest, source: String) throws {
        let found = Digest(hasher.finalize())
        guard size == expectedSize ?? size, found == sha256 else {
            throw RegistryError(
                .integrityFailure,
                "\(source) does not match: \(expectedSize.map { "\($0) bytes with " } ?? "")\(sha256) was expected, "
                    + "\(size) bytes with \(found) arrived. Nothing was kept; if it happens again, have the server's disk checked",
                details: ["expected": sha256.description, "found": found.description])
        }
    }

    /// Makes the file durable and gives it its name, replacing what stood there.
    mutating func moveIntoPlace(isExecutable: Bool) throws {
        let mask = umask(0)
        umask(mask)
        guard fchmod(descriptor, (isExecutable ? 0o777 : 0o666) & ~mask) == 0, fsync(descriptor) == 0 else {
            throw Self.failure("sync", path)
        }
        guard rename(path, target.path(percentEncoded: false)) == 0 else { throw Self.failure("rename", path) }
        isInPlace = true
        let folder = open(target.deletingLastPathComponent().path(percentEncoded: false), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure("open the folder of", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure("sync the folder of", path) }
    }

    private static func failure(_ operation: String, _ path: String) -> RegistryError {
        let code: ErrorCode = errno == ENOSPC ? .storageFull : .invalidPath
        return RegistryError(code, "cannot \(operation) \(path): \(String(cString: strerror(errno)))")
    }
}
