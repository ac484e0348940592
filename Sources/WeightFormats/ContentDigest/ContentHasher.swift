import RegistryTypes

import struct Crypto.SHA256

/// Computes the digest `content-v1` while tensors go by in the order of their names.
struct ContentHasher {
    private var hash = SHA256()

    /// Begins a tensor; its elements follow, exactly as many as the shape says.
    mutating func begin(_ tensor: Tensor) throws {
        let description: JSONValue = .array([
            .string(tensor.name), .string(tensor.dtype.rawValue), .array(tensor.shape.map { .integer($0) }),
        ])
        hash.update(data: try description.canonicalBytes())
    }

    /// Adds elements, little-endian and in C order.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
    }

    /// The digest of everything so far.
    func finish() -> Digest {
        Digest(hash.finalize())
    }
}
