import Foundation
import NIOCore
import RegistryTypes

import struct Crypto.SHA256

/// A file that is being fetched: written beside its final name, hashed on the way, and renamed when it is whole.
///
/// Life of a file: the part file of these bytes (mode 0600), new or left by an earlier try and hashed again → bytes,
/// hashed as they are written → size and digest compared → fsync → rename to the final name → fsync of the folder. A
/// part that was interrupted stays, so that the next try goes on where it ended; wrong bytes are removed. A file never
/// stands under its final name unless it is complete and verified.
struct PartFile: ~Copyable {
    private let target: URL
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()
    private var isInPlace = false
    /// Whether the next try finds the part by its name.
    private let isShared: Bool
    /// The bytes that are there.
    private(set) var size: Int64 = 0
    /// Whether some of them come from an earlier try.
    private(set) var isResumed = false

    /// Opens the part beside `target`; folders above it are made.
    ///
    /// - Parameter isShared: whether a part of an earlier try is wanted; `resume` then takes it up.
    init(for target: URL, sha256: Digest, isShared: Bool) throws {
        let folder = target.deletingLastPathComponent()
        try FileManager.default.makeFolder(folder)
        // A component of a path has at most 255 bytes.
        var name = target.lastPathComponent
        while name.utf8.count > 200 { name.removeLast() }
        func path(_ tail: String) -> String {
            folder.appending(path: "\(name).assay-part-\(tail)").path(percentEncoded: false)
        }
        let known = path(String(sha256.hex.prefix(16)))
        let own = path(String(UInt64.random(in: 0 ... .max), radix: 16))
        // Another process that fetches the same file right now keeps its part.
        let found = isShared ? try Self.openAlone(known) : nil
        let opened = try found ?? Self.openPart(own, O_EXCL)
        self.target = target
        self.path = found == nil ? own : known
        self.isShared = found != nil
        descriptor = opened
    }

    deinit {
        if !isInPlace, size == 0 || !isShared { unlink(path) }
        close(descriptor)
    }

    /// Opens the part that these bytes have and locks it, or returns nil if somebody else has it.
    private static func openAlone(_ path: String) throws -> Int32? {
        let descriptor = try openPart(path, 0)
        var (opened, named) = (stat(), stat())
        // Whoever had the lock may have given the file its final name meanwhile.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &opened) == 0, lstat(path, &named) == 0,
            opened.st_ino == named.st_ino, opened.st_dev == named.st_dev, opened.st_mode & S_IFMT == S_IFREG
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func openPart(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        return descriptor
    }

    /// Hashes what an earlier try left; more than is expected is of no use.
    mutating func resume(upTo expected: Int64) throws {
        guard isShared else { return }
        var status = stat()
        guard fstat(descriptor, &status) == 0, Int64(status.st_size) <= expected else { return try restart() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LocalFile.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        while size < Int64(status.st_size) {
            try Task.checkCancellation()
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return try restart() }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
        isResumed = size > 0
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
        isResumed = false
    }

    /// The digest of the bytes that are there.
    var digest: Digest { Digest(hasher.finalize()) }

    /// Throws `integrity-failure` unless the bytes are exactly the expected ones; they are removed then.
    mutating func verify(size expectedSize: Int64?, sha256: Digest, source: String) throws {
        let (found, size) = (digest, size)
        guard size == expectedSize ?? size, found == sha256 else {
            try restart()
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
