import Foundation
import RegistryTypes
import SystemPackage

/// Hashes files piece by piece.
enum FileHash {
    /// The length and digest of a regular file, or nil if it is missing, a link or not readable.
    static func of(_ path: FilePath) -> (size: Int64, sha256: Digest)? {
        let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
        guard let file = try? FileDescriptor.open(path, .readOnly, options: options) else { return nil }
        defer { try? file.close() }
        var hasher = GitObjectHasher(.sha256)
        var size: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            guard let count = try? file.read(into: buffer) else { return nil }
            if count == 0 { break }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
        guard let digest = try? Digest(hex: hasher.finish().hex) else { return nil }
        return (size, digest)
    }
}
