package import RegistryTypes

/// The keys of a log that follow from some that are trusted, each vouched for by the one before.
package struct KeyChain: Sendable {
    /// The trusted keys, and those that follow from them.
    package private(set) var keys: [VerifierKey]
    /// The checkpoints on the way, oldest first. The log must have grown through all of them.
    package private(set) var passed: [Checkpoint] = []

    /// Goes from key to key; a handover that none of the keys signed leads from elsewhere, and is left aside.
    ///
    /// - Parameter handovers: oldest first.
    /// - Throws: `integrity-failure` for a handover that is signed or proven wrongly.
    package init(from trusted: [VerifierKey], through handovers: [KeyHandover]) throws {
        keys = trusted
        for handover in handovers where handover.names(keys) && !keys.contains(handover.key) {
            passed.append(try handover.verified(by: keys))
            keys.append(handover.key)
        }
    }

    /// The keys that signed a note; throws `integrity-failure` where none did, as behind a gap in the chain.
    package func signers(of note: SignedNote) throws -> [VerifierKey] {
        let isKnown = note.signatures.contains { line in
            keys.contains { $0.name == line.name && $0.id == line.keyID }
        }
        guard isKnown else {
            throw RegistryError(
                .integrityFailure,
                "the log is signed with a key to which nothing leads from those you trust. Either it was changed at once, "
                    + "as when somebody else had the old one, or this is not the log. Have its operators tell you the key, "
                    + "by another way than this server, and name it with --vkey")
        }
        return try note.verified(by: keys)
    }

    /// Checks that a log grew through checkpoints of one origin, in whatever order they are given.
    ///
    /// - Parameter proof: fetches the consistency proof between two sizes.
    /// - Throws: `integrity-failure` for the first one that does not contain the one before.
    package static func requireGrowth(
        through checkpoints: [Checkpoint], proof: (_ from: Int64, _ to: Int64) async throws -> [Digest]
    ) async throws {
        let ordered = checkpoints.sorted { $0.size < $1.size }
        for (old, new) in zip(ordered, ordered.dropFirst()) {
            let isRight =
                if old.size == new.size {
                    old.root == new.root
                } else {
                    MerkleProof.isConsistent(
                        (old.size, old.root), (new.size, new.root), proof: try await proof(old.size, new.size))
                }
            guard isRight, old.origin == new.origin else {
                throw RegistryError(
                    .integrityFailure,
                    "the server shows another log than before: its first \(old.size) entries are other ones")
            }
        }
    }
}
