import RegistryTypes

import struct Crypto.SHA256

extension BlobReader {
    /// Reads all bytes and tells whether they still have their digest; about half a second for each GiB.
    package func isIntact() throws -> Bool {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var position: Int64 = 0
        while position < size {
            let count = try read(into: buffer, at: position)
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
        return Array(hash.finalize()) == digest.bytes
    }
}
