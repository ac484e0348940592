import AuditLog
import Foundation
import RegistryTypes
import Testing

/// Proofs, against the vectors of Certificate Transparency (RFC 6962) and against every small tree.
@Suite struct MerkleProofTests {
    private static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].compactMap(Hex.decode).map { MerkleTree.leafHash(Data($0)) }

    private static let (a, b, c, d, e, f, g, h) = (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
    )

    private func prover(_ size: Int64) -> MerkleProver {
        MerkleProver(size: size) { level, numbers in
            try #require(level == 0)
            return Array(Self.leaves[Int(numbers.lowerBound)..<Int(numbers.upperBound)])
        }
    }

    @Test(arguments: [(0, 8, [a, b, c]), (5, 8, [d, e, f]), (2, 3, [g]), (0, 1, [])])
    func inclusionIsAsTheVectorsSay(index: Int64, size: Int64, expected: [String]) throws {
        #expect(try prover(size).inclusion(of: index).map(\.hex) == expected)
    }

    @Test(arguments: [(1, 8, [a, b, c]), (6, 8, [h, e, f]), (2, 5, [b, d]), (1, 1, []), (0, 8, [])])
    func consistencyIsAsTheVectorsSay(old: Int64, new: Int64, expected: [String]) throws {
        #expect(try prover(new).consistency(from: old).map(\.hex) == expected)
    }

    /// Sizes around the borders of tiles; every proof is right, and wrong as soon as anything in it is changed.
    @Test func everyProofIsRightAndNoOther() throws {
        let log = try MemoryLog(size: 600)
        let other = Digest.of(Data("other".utf8))
        for size: Int64 in [1, 2, 3, 5, 8, 13, 255, 256, 257, 300, 511, 512, 513, 600] {
            let prover = log.prover(size: size)
            let root = MerkleRoot(of: log.leaves.prefix(Int(size))).digest
            #expect(try prover.root() == root)
            for index in stride(from: 0, to: size, by: size > 40 ? 7 : 1) {
                let (leaf, proof) = (log.leaves[Int(index)], try prover.inclusion(of: index))
                func isRight(_ leaf: Digest, _ index: Int64, _ proof: [Digest]) -> Bool {
                    MerkleProof.isIncluded(leaf, at: index, size: size, root: root, proof: proof)
                }
                #expect(isRight(leaf, index, proof), "\(index) of \(size)")
                #expect(!isRight(other, index, proof) && !isRight(leaf, index, proof + [other]))
                #expect(!isRight(leaf, size, proof) && !isRight(leaf, -1, proof))
                for step in proof.indices {
                    var wrong = proof
                    wrong[step] = other
                    #expect(!isRight(leaf, index, wrong))
                    wrong.remove(at: step)
                    #expect(!isRight(leaf, index, wrong))
                }
            }
            for old in stride(from: 0, through: size, by: size > 40 ? 13 : 1) {
                let (proof, first) = (
                    try prover.consistency(from: old), MerkleRoot(of: log.leaves.prefix(Int(old))).digest
                )
                func isRight(_ first: Digest, _ last: Digest, _ proof: [Digest]) -> Bool {
                    MerkleProof.isConsistent((old, first), (size, last), proof: proof)
                }
                #expect(isRight(first, root, proof), "\(old) to \(size)")
                #expect(!isRight(other, root, proof) && !isRight(first, root, proof + [other]))
                #expect(old == 0 || !isRight(first, other, proof))
                for step in proof.indices {
                    var wrong = proof
                    wrong[step] = other
                    #expect(!isRight(first, root, wrong))
                }
            }
        }
    }

    @Test func noProofWithoutSuchEntries() throws {
        let prover = try MemoryLog(size: 5).prover(size: 5)
        for entry: Int64 in [-1, 5, .max] {
            #expect(throws: RegistryError.self) { try prover.inclusion(of: entry) }
        }
        #expect(throws: RegistryError.self) { try prover.consistency(from: 6) }
    }
}
