import AuditLog
import Foundation
import RegistryTypes

/// A log in memory, laid out and signed as a server does.
struct MemoryLog {
    let key = SigningKey()
    let origin = "assay-log/test/1"
    /// The files of its kit.
    var files: [String: Data] = [:]
    let entries: [Data]
    let leaves: [Digest]

    init(size: Int64) throws {
        entries = (0..<size).map { Data("entry \($0)".utf8) }
        leaves = entries.map { MerkleTree.leafHash($0) }
        var below = leaves
        for level in 0..<Tile.levels(size: size) {
            var above: [Digest] = []
            for tile in Tile.all(level: level, size: size) {
                let hashes = below[Int(tile.range.lowerBound)..<Int(tile.range.upperBound)]
                files[tile.path] = Data(hashes.flatMap(\.bytes))
                if tile.width == 256 { above.append(MerkleRoot(of: hashes).digest) }
            }
            below = above
        }
        for tile in Tile.all(level: nil, size: size) {
            files[tile.path] = EntryBundle.encode(
                Array(entries[Int(tile.range.lowerBound)..<Int(tile.range.upperBound)]))
        }
        try sign(Checkpoint(origin: origin, size: size, root: MerkleRoot(of: leaves).digest))
    }

    mutating func sign(_ checkpoint: Checkpoint) throws {
        files["checkpoint"] = Data(
            try SignedNote(checkpoint.text, signedBy: [(checkpoint.origin, key)]).description.utf8)
    }

    var verifier: VerifierKey { get throws { try VerifierKey(name: origin, key: key.publicKey) } }

    /// What a check of it says.
    func check(known: [(checkpoint: Checkpoint, from: String)] = []) throws -> LogVerifier.Report {
        var check = try LogVerifier(
            checkpoint: files["checkpoint"] ?? Data(), keys: [verifier], known: known, read: { files[$0] })
        return try check.run()
    }

    /// Changes one bit of a file.
    mutating func flip(_ path: String, at offset: Int) { files[path]?[offset] ^= 0x10 }

    /// The tree of its first entries.
    func prover(size: Int64) -> MerkleProver {
        MerkleProver(size: size) { level, numbers in
            let leaves = 1 << (8 * level)
            return numbers.map { MerkleRoot(of: self.leaves[Int($0) * leaves..<(Int($0) + 1) * leaves]).digest }
        }
    }
}
