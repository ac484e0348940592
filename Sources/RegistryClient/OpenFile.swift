import Foundation
import NIOCore
import RegistryTypes

/// A file that is open for reading; closed when the last reference goes.
final class OpenFile: Sendable {
    private let descriptor: Int32
    /// The name for messages.
    let path: String

    /// Opens a file; throws `not-found` or `invalid-path` in words for a user.
    init(_ url: URL) throws {
        path = url.path(percentEncoded: false)
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code: ErrorCode = errno == ENOENT ? .notFound : .invalidPath
            throw RegistryError(code, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// The state of the open file, which must be a regular one.
    func stamp() throws -> FileStamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw RegistryError(.invalidPath, "\(path) is not a regular file")
        }
        return FileStamp(status)
    }

    /// Reads up to `count` bytes at an offset; an empty buffer is the end of the file.
    func read(at offset: Int64, count: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            while true {
                let read = pread(descriptor, target.baseAddress, count, off_t(offset))
                if read >= 0 { return read }
                guard errno == EINTR else {
                    throw RegistryError(.invalidPath, "\(path) cannot be read: \(String(cString: strerror(errno)))")
                }
            }
        }
        return buffer
    }
}
