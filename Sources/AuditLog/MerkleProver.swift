package import RegistryTypes

/// Makes proofs about the tree of the first `size` leaves of a log (RFC 6962 §2.1.1 and §2.1.2).
package struct MerkleProver {
    /// The roots of the subtrees of 256^level leaves whose numbers are in a range; at level 0 the leaf hashes.
    package typealias Subtrees = (_ level: Int, _ numbers: Range<Int64>) throws -> [Digest]

    /// How many leaves the tree has.
    package let size: Int64
    private let subtrees: Subtrees

    /// A tree whose hashes are read as they are needed: about a thousand for a proof among a million leaves.
    package init(size: Int64, subtrees: @escaping Subtrees) {
        self.size = size
        self.subtrees = subtrees
    }

    /// The tree, to add leaves to.
    package func tree() throws -> MerkleRoot { try tree(of: 0..<size) }

    /// The root of the tree.
    package func root() throws -> Digest { try tree().digest }

    /// The hashes that lead from a leaf to the root, its sibling first.
    package func inclusion(of index: Int64) throws -> [Digest] {
        guard (0..<size).contains(index) else {
            throw RegistryError(.notFound, "there is no entry \(index) among \(size)")
        }
        var (path, range): ([Digest], Range<Int64>) = ([], 0..<size)
        while range.count > 1 {
            let (left, right) = Self.halves(of: range)
            path.append(try hash(of: left.contains(index) ? right : left))
            range = left.contains(index) ? left : right
        }
        return path.reversed()
    }

    /// The hashes that show that the tree of the first `old` leaves became this one by adding leaves.
    package func consistency(from old: Int64) throws -> [Digest] {
        guard (0...size).contains(old) else {
            throw RegistryError(.notFound, "there are no \(old) entries, only \(size)")
        }
        guard old > 0, old < size else { return [] }
        var (proof, range, isOldTree): ([Digest], Range<Int64>, Bool) = ([], 0..<size, true)
        while old != range.upperBound {
            let (left, right) = Self.halves(of: range)
            if old <= left.upperBound {
                proof.append(try hash(of: right))
                range = left
            } else {
                proof.append(try hash(of: left))
                (range, isOldTree) = (right, false)
            }
        }
        if !isOldTree { proof.append(try hash(of: range)) }
        return proof.reversed()
    }

    /// The parts of a range of more than one leaf; the left one has the largest power of 2 that is less than all.
    private static func halves(of range: Range<Int64>) -> (left: Range<Int64>, right: Range<Int64>) {
        let last = range.upperBound - range.lowerBound - 1
        let middle = range.lowerBound + (1 << (63 - last.leadingZeroBitCount))
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }

    private func hash(of range: Range<Int64>) throws -> Digest { try tree(of: range).digest }

    /// The tree over some leaves; the range is one that `halves` gives, so it begins where a subtree of its size may.
    private func tree(of range: Range<Int64>) throws -> MerkleRoot {
        var (root, start) = (MerkleRoot(), range.lowerBound)
        while start < range.upperBound {
            let left = range.upperBound - start
            let level = (63 - left.leadingZeroBitCount) / 8
            let (first, count) = (start >> (8 * level), left >> (8 * level))
            for hash in try subtrees(level, first..<first + count) { root.append(hash, leaves: 1 << (8 * level)) }
            start += count << (8 * level)
        }
        return root
    }
}
