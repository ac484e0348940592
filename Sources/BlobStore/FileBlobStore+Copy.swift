import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension FileBlobStore {
    /// Bytes that are copied at a time.
    private static let piece = 4 << 20

    /// Copies a blob from another store, hashed on the way, durably; what is there with its length is not copied again.
    ///
    /// Returns whether anything was copied. Throws `blob-corrupt` if the other store has lost or damaged it.
    ///
    /// - Parameter isCopied: told after each piece, with its length; throws to end the copy.
    package func copy(
        _ digest: Digest, size: Int64, from source: FileBlobStore, isCopied: (Int64) throws -> Void
    ) throws -> Bool {
        guard damage(of: digest, size: size) != nil else {
            try isCopied(size)
            return false
        }
        let reader = try source.open(digest, size: size)
        let upload = try beginUpload()
        defer { upload.abandon() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 4096)
        defer { buffer.deallocate() }
        while upload.size < size {
            let count = try reader.read(into: buffer, at: upload.size)
            try upload.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            try isCopied(Int64(count))
        }
        do {
            _ = try upload.finish(expecting: digest, size: size)
        } catch let error as RegistryError where error.code == .digestMismatch {
            throw RegistryError(.blobCorrupt, "the stored bytes of \(digest) do not have their digest any more")
        }
        return true
    }

    /// Takes a file that is complete as a blob, durably; the file is gone then. Returns its digest and length.
    package func take(_ path: String) throws -> (digest: Digest, size: Int64) {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let upload = try beginUpload()
        defer { upload.abandon() }
        while let bytes = try file.read(upToCount: Self.piece), !bytes.isEmpty {
            try bytes.withUnsafeBytes { try upload.write($0) }
        }
        try file.close()
        let digest = try upload.finish(expecting: nil)
        unlink(path)
        return (digest, upload.size)
    }

    /// Makes the bytes of a file durable.
    package static func syncFile(_ path: String) throws {
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RegistryError.system("cannot open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw RegistryError.system("cannot sync \(path)") }
    }

    /// Removes the bytes of a blob that nothing names.
    package func remove(_ digest: Digest) throws {
        try locks.withLock(digest) {
            guard unlink(path(of: digest)) == 0 || errno == ENOENT else {
                throw RegistryError.system("cannot remove \(path(of: digest))")
            }
        }
    }
}
