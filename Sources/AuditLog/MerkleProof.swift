package import RegistryTypes

/// Checks proofs about Merkle trees; the steps are those of RFC 9162 §2.1.3.2 and §2.1.4.2.
package enum MerkleProof {
    /// Whether a leaf stands at a place of the tree with a size and root.
    package static func isIncluded(
        _ leaf: Digest, at index: Int64, size: Int64, root: Digest, proof: [Digest]
    ) -> Bool {
        guard (0..<size).contains(index) else { return false }
        var (place, last, hash) = (index, size - 1, leaf)
        for step in proof {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = MerkleTree.node(step, hash)
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                hash = MerkleTree.node(hash, step)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether a tree became another by adding leaves.
    package static func isConsistent(
        _ old: (size: Int64, root: Digest), _ new: (size: Int64, root: Digest), proof: [Digest]
    ) -> Bool {
        guard old.size < new.size else { return old == new && proof.isEmpty }
        guard old.size > 0 else { return old.size == 0 && proof.isEmpty && old.root == MerkleRoot().digest }
        // A complete tree is its own first step.
        var steps = old.size & (old.size - 1) == 0 ? [old.root] + proof : proof
        guard !steps.isEmpty else { return false }
        var (place, last) = (old.size - 1, new.size - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        let first = steps.removeFirst()
        var (oldHash, newHash) = (first, first)
        for step in steps {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                (oldHash, newHash) = (MerkleTree.node(step, oldHash), MerkleTree.node(step, newHash))
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                newHash = MerkleTree.node(newHash, step)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && oldHash == old.root && newHash == new.root
    }
}
