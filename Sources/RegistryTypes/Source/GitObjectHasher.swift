import Crypto

/// Computes git object names piece by piece, so that a large blob is never held in memory.
///
/// SHA-1 is here because git uses it; it is no evidence against somebody who can make collisions. The SHA-256 of
/// the whole bundle, which a recipe records beside the commit, is.
package struct GitObjectHasher {
    // Two optionals instead of an enum with payloads: the hash state is then updated in place, never copied.
    private var sha1: Insecure.SHA1?
    private var sha256: SHA256?

    /// Starts an empty hash, without any object header.
    package init(_ algorithm: GitObjectID.Algorithm) {
        switch algorithm {
        case .sha1: sha1 = Insecure.SHA1()
        case .sha256: sha256 = SHA256()
        }
    }

    /// Adds bytes; the header `"<type> <size>\0"` is part of what git hashes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha1?.update(bufferPointer: bytes)
        sha256?.update(bufferPointer: bytes)
    }

    /// The name of everything added so far.
    package func finish() -> GitObjectID {
        if let sha256 {
            return sha256.finalize().withUnsafeBytes { GitObjectID(algorithm: .sha256, copying: $0) }
        }
        return (sha1 ?? Insecure.SHA1()).finalize().withUnsafeBytes { GitObjectID(algorithm: .sha1, copying: $0) }
    }
}
