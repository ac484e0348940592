package import Foundation
package import RegistryTypes

/// A proof, to be kept beside what it is about, that an entry stands in a log (C2SP tlog-proof@v1).
package struct TlogProof: Sendable, Equatable {
    private static let header = "c2sp.org/tlog-proof@v1"

    /// The entry, in the line for data that the format leaves to applications.
    package let entry: Data
    package let index: Int64
    /// The hashes from the leaf's sibling up.
    package let hashes: [Digest]
    /// The signed checkpoint.
    package let checkpoint: SignedNote

    /// Joins the parts.
    package init(entry: Data, index: Int64, hashes: [Digest], checkpoint: SignedNote) {
        self.entry = entry
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Parses a proof; throws `integrity-failure` for anything else.
    package init(_ data: Data) throws {
        let failure = RegistryError(.integrityFailure, "this is not a proof of the form \(Self.header) with its entry")
        guard let text = String(validating: data, as: UTF8.self), let border = text.range(of: "\n\n") else {
            throw failure
        }
        let lines = text[..<border.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines[0] == Self.header, lines[1].hasPrefix("extra "), lines[2].hasPrefix("index "),
            let entry = Data(base64Encoded: String(lines[1].dropFirst(6))), let index = Int64(lines[2].dropFirst(6)),
            index >= 0, String(index) == lines[2].dropFirst(6)
        else { throw failure }
        self.init(
            entry: entry, index: index,
            hashes: try lines[3...].map { line in
                guard let bytes = Data(base64Encoded: String(line)), bytes.count == 32 else { throw failure }
                return try Digest(bytes: Array(bytes))
            }, checkpoint: try SignedNote(Data(text[border.upperBound...].utf8)))
    }

    /// The file's text.
    package var description: String {
        let lines =
            [Self.header, "extra \(entry.base64EncodedString())", "index \(index)"]
            + hashes.map { Data($0.bytes).base64EncodedString() }
        return lines.joined(separator: "\n") + "\n\n" + checkpoint.description
    }

    /// Checks signature and proof; returns the checkpoint, or throws `integrity-failure`.
    package func verified(by keys: [VerifierKey]) throws -> Checkpoint {
        try checkpoint.verified(by: keys)
        let head = try Checkpoint(text: checkpoint.text)
        guard
            MerkleProof.isIncluded(
                MerkleTree.leafHash(entry), at: index, size: head.size, root: head.root, proof: hashes)
        else {
            throw RegistryError(.integrityFailure, "the entry is not the one at \(index) of the \(head.size) entries")
        }
        return head
    }
}
