package import RegistryTypes

/// The root of a Merkle tree (RFC 6962 §2.1) over leaves that come one after the other; memory grows with the logarithm.
package struct MerkleRoot: Sendable {
    /// The roots of the complete subtrees so far, larger ones first, with the number of their leaves.
    private var subtrees: [(leaves: Int64, root: Digest)] = []
    /// How many leaves there are.
    package private(set) var size: Int64 = 0

    /// A tree without leaves.
    package init() {}

    /// The tree over the hashes of a tile, or any others.
    package init(of hashes: some Sequence<Digest>) {
        for hash in hashes { append(hash) }
    }

    /// Adds the hash of the next leaf, or the root of a complete subtree of `leaves` leaves: a power of 2 that divides
    /// the size so far.
    ///
    /// Returns the roots that this completed of subtrees of 256, 256², … leaves, in this order.
    @discardableResult
    package mutating func append(_ hash: Digest, leaves: Int64 = 1) -> [Digest] {
        var (root, leaves, completed) = (hash, leaves, [Digest]())
        size += leaves
        while let left = subtrees.last, left.leaves == leaves {
            subtrees.removeLast()
            root = MerkleTree.node(left.root, root)
            leaves *= 2
            if leaves.trailingZeroBitCount.isMultiple(of: 8) { completed.append(root) }
        }
        subtrees.append((leaves, root))
        return completed
    }

    /// The root; of no leaves, the hash of nothing.
    package var digest: Digest {
        guard let last = subtrees.last else { return Digest.of([UInt8]()) }
        return subtrees.dropLast().reversed().reduce(last.root) { MerkleTree.node($1.root, $0) }
    }
}
