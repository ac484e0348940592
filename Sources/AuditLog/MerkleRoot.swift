package import RegistryTypes

import struct Crypto.SHA256

/// The root of a Merkle tree (RFC 6962 §2.1) over leaves that come one after the other; memory grows with the logarithm.
package struct MerkleRoot: Sendable {
    /// The roots of the complete subtrees so far, larger ones first, with the number of their leaves.
    private var subtrees: [(leaves: Int64, root: Digest)] = []
    /// How many leaves there are.
    package private(set) var size: Int64 = 0

    /// A tree without leaves.
    package init() {}

    /// Adds the hash of the next leaf.
    package mutating func append(_ leaf: Digest) {
        subtrees.append((1, leaf))
        size += 1
        while subtrees.count > 1, subtrees[subtrees.count - 2].leaves == subtrees[subtrees.count - 1].leaves {
            let (right, left) = (subtrees.removeLast(), subtrees.removeLast())
            subtrees.append((left.leaves * 2, Self.node(left.root, right.root)))
        }
    }

    /// The root; of no leaves, the hash of nothing.
    package var digest: Digest {
        guard let last = subtrees.last else { return Digest.of([UInt8]()) }
        return subtrees.dropLast().reversed().reduce(last.root) { Self.node($1.root, $0) }
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    private static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(data: [1])
        hasher.update(data: left.bytes)
        hasher.update(data: right.bytes)
        return Digest(hasher.finalize())
    }
}
