package import Foundation
package import RegistryTypes

import struct Crypto.SHA256

/// The hashes of RFC 6962 §2.1.
package enum MerkleTree {
    /// The hash of a leaf: SHA-256(0x00 ‖ entry).
    package static func leafHash(_ entry: some DataProtocol) -> Digest {
        var hasher = SHA256()
        hasher.update(data: [0])
        hasher.update(data: entry)
        return Digest(hasher.finalize())
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(data: [1] + left.bytes + right.bytes)
        return Digest(hasher.finalize())
    }
}
