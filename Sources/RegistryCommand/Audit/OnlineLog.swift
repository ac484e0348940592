import AuditLog
import Foundation
import RegistryClient
import RegistryTypes

/// The log of a server, compared with what this machine has seen of it before.
struct OnlineLog {
    let client: RegistryClient
    let server: URL
    let seen: SeenLogs
    /// The keys that the caller named; else those that were trusted before, else those that the server names.
    let given: [VerifierKey]?
    /// Whether the log may have begun a new epoch.
    let acceptsEpoch: Bool

    /// A checkpoint that was found right, and to have grown from the one that was seen before.
    struct Head {
        let note: Data
        let checkpoint: Checkpoint
        let signers: [VerifierKey]
        /// What was seen before, if it was of the same epoch.
        let before: Checkpoint?
        /// Whether nobody but the server says that its keys are the right ones.
        let keysAreFromServer: Bool
    }

    /// Checks the checkpoint; throws `integrity-failure` for an older or forked log, or one of another epoch.
    func head() async throws -> Head {
        let last = try seen.log(of: server)
        let note = try await client.checkpoint()
        let checkpoint = try Checkpoint(text: SignedNote(note).text)
        let before = try last.map { try Checkpoint(text: SignedNote(Data($0.checkpoint.utf8)).text) }
        let isNewEpoch = before.map { $0.origin != checkpoint.origin } ?? false
        guard !isNewEpoch || acceptsEpoch else {
            throw RegistryError(
                .integrityFailure,
                "the server shows another log: \(checkpoint.origin), with \(checkpoint.size) entries, not "
                    + "\(before?.origin ?? ""). If its operators say why, as `assay audit status` does after a restore, "
                    + "accept it with --accept-epoch")
        }
        let trusted = isNewEpoch ? nil : try last?.vkeys.map { try VerifierKey($0) }
        let named = given ?? trusted
        let stated = named == nil ? try await serverKeys() : []
        let keys = named ?? stated
        let signers = try SignedNote(note).verified(by: keys)
        guard signers.allSatisfy({ $0.name == checkpoint.origin }) else {
            throw RegistryError(.integrityFailure, "the checkpoint is signed in another log's name")
        }
        if let before, !isNewEpoch { try await requireGrowth(from: before, to: checkpoint) }
        return Head(
            note: note, checkpoint: checkpoint, signers: signers, before: isNewEpoch ? nil : before,
            keysAreFromServer: named == nil)
    }

    /// Remembers the log as it is now. Keys that the verified log announces and that signed beside a trusted one are
    /// trusted from now on.
    func keep(_ head: Head, announced: Set<String>? = nil) throws {
        let signatures = try SignedNote(head.note).signatures.map { "\($0.name)+\(Hex.encode($0.keyID))+" }
        let fresh = (announced ?? []).filter { key in signatures.contains { key.hasPrefix($0) } }
        let keys = try fresh.map { try VerifierKey($0) }
        let good = try SignedNote(head.note).verified(by: head.signers + keys)
        try seen.keep(
            .init(
                checkpoint: String(decoding: head.note, as: UTF8.self),
                vkeys: Set((head.signers + good).map(\.description)).sorted()), of: server)
    }

    private func serverKeys() async throws -> [VerifierKey] {
        try await client.logStatus().keys.map { try VerifierKey($0.vkey) }
    }

    private func requireGrowth(from old: Checkpoint, to new: Checkpoint) async throws {
        let forked = RegistryError(
            .integrityFailure,
            "the server shows another log than before: its first \(old.size) entries are other ones. What was seen is in "
                + seen.path)
        guard new.size >= old.size else {
            throw RegistryError(
                .integrityFailure,
                "the server shows an older log than before: \(new.size) entries, which were \(old.size) already. What was "
                    + "seen is in \(seen.path)")
        }
        guard new.size > old.size else {
            if new.root != old.root { throw forked }
            return
        }
        let proof = try await client.consistencyProof(from: old.size, to: new.size)
        guard MerkleProof.isConsistent((old.size, old.root), (new.size, new.root), proof: proof.hashes) else {
            throw forked
        }
    }
}
