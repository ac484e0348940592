import RegistryTypes

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A regular file mapped into memory for reading, however large it is; or bytes that only exist in memory.
///
/// The file must not be shortened while it is mapped: reading behind a new end kills the process. Map only files that
/// nobody can write any more, such as stored blobs and finished outputs.
package final class MappedFile: @unchecked Sendable {
    // Unchecked because of the pointer: the memory behind it is never written and lives as long as the object.
    private let start: UnsafeRawPointer?
    /// Whether the bytes are an allocation of this object and no file's.
    private let isAllocated: Bool

    /// The file's length in bytes.
    package let count: Int

    /// Maps the file at a path; does not follow a symbolic link in the last component.
    ///
    /// Throws `not-found` if it cannot be opened, `invalid-request` if it is not a regular file.
    package convenience init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw RegistryError(.notFound, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor)
    }

    /// Maps an open file; the descriptor stays the caller's and may be closed at once.
    package init(descriptor: Int32) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw RegistryError(.invalidRequest, "only a regular file can be read as weights")
        }
        count = Int(status.st_size)
        isAllocated = false
        guard count > 0 else {
            start = nil
            return
        }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
            throw RegistryError(
                .internalError, "mapping \(count) bytes failed: \(String(cString: strerror(errno)))")
        }
        madvise(mapped, count, MADV_SEQUENTIAL)
        start = UnsafeRawPointer(mapped)
    }

    /// Takes bytes that were unpacked or converted: `fill` writes all of them, and what it throws is thrown on.
    init(allocating count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
        do { try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])) } catch {
            buffer.deallocate()
            throw error
        }
        self.count = count
        isAllocated = true
        start = UnsafeRawPointer(buffer.baseAddress)
    }

    deinit {
        if isAllocated {
            start?.deallocate()
        } else if let start {
            munmap(UnsafeMutableRawPointer(mutating: start), count)
        }
    }

    /// The bytes of a range, valid as long as the file object lives; throws `invalid-range` outside the file.
    func bytes(_ range: Range<Int>) throws -> UnsafeRawBufferPointer {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw RegistryError(.invalidRange, "bytes \(range) lie outside the file of \(count) bytes")
        }
        guard let start else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
    }

    /// A copy of at most so many bytes from the beginning.
    package func head(_ length: Int) -> [UInt8] {
        guard let bytes = try? bytes(0..<min(max(length, 0), count)) else { return [] }
        return Array(bytes)
    }

    /// Lets the kernel take back the whole pages of a range that has been read; reading it again is still allowed.
    ///
    /// Without this a pass over a large file would count as resident memory of its size.
    func release(_ range: Range<Int>) {
        guard let start, !isAllocated else { return }
        let page = Int(getpagesize())
        let first = (max(range.lowerBound, 0) + page - 1) / page * page
        let last = min(range.upperBound, count) / page * page
        guard first < last else { return }
        madvise(UnsafeMutableRawPointer(mutating: start + first), last - first, MADV_DONTNEED)
    }
}
