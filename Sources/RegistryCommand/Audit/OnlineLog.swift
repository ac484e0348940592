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
        if let before, isNewEpoch, !acceptsEpoch { throw try await refusal(of: checkpoint, after: before) }
        let trusted = isNewEpoch ? nil : try last?.vkeys.map { try VerifierKey($0) }
        let named = given ?? trusted
        let stated = named == nil ? try await serverKeys() : []
        let chain = try await chain(from: named ?? stated, to: SignedNote(note))
        let signers = try chain.signers(of: SignedNote(note))
        guard signers.allSatisfy({ $0.name == checkpoint.origin }) else {
            throw RegistryError(.integrityFailure, "the checkpoint is signed in another log's name")
        }
        try await requireGrowth(from: chain.passed + (isNewEpoch ? [] : [before].compactMap(\.self)), to: checkpoint)
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

    /// The keys that are trusted; where they did not sign the note, also those that followed from them since.
    private func chain(from trusted: [VerifierKey], to note: SignedNote) async throws -> KeyChain {
        let chain = try KeyChain(from: trusted, through: [])
        if (try? chain.signers(of: note)) != nil { return chain }
        let handovers = try await client.logStatus().handovers ?? []
        return try KeyChain(from: trusted, through: handovers.map { try KeyHandover(Data($0.utf8)) })
    }

    /// Checks that the log grew through all that is known of it.
    private func requireGrowth(from known: [Checkpoint], to new: Checkpoint) async throws {
        if let newer = known.first(where: { $0.size > new.size }) {
            throw RegistryError(
                .integrityFailure,
                "the server shows an older log than before: \(new.size) entries, which were \(newer.size) already. What was "
                    + "seen is in \(seen.path)")
        }
        do {
            try await KeyChain.requireGrowth(through: known + [new]) { old, new in
                try await client.consistencyProof(from: old, to: new).hashes
            }
        } catch let error as RegistryError where error.code == .integrityFailure {
            throw RegistryError(.integrityFailure, "\(error.message). What was seen is in \(seen.path)")
        }
    }

    /// What happened to a log that goes on under another name, as far as can be told without reading it.
    private func refusal(of checkpoint: Checkpoint, after before: Checkpoint) async throws -> RegistryError {
        let epoch = try await client.logStatus().epochs.first { $0.origin == checkpoint.origin }
        let since = epoch.map { ", epoch \($0.number) since \(Wording.time($0.startedAt))" } ?? ""
        return RegistryError(
            .integrityFailure,
            "the server shows another log: \(checkpoint.origin)\(since), not \(before.origin). An administrator let it go on "
                + "from an older state, as after a restore; its entry log-epoch.start says why. "
                + "\(try await fate(of: before, in: checkpoint)). Once you know the reason, accept it with --accept-epoch"
        )
    }

    /// What became of the entries that were seen.
    private func fate(of before: Checkpoint, in checkpoint: Checkpoint) async throws -> String {
        guard before.size <= checkpoint.size else {
            return "You saw \(before.size) entries and it has \(checkpoint.size): the last ones are lost"
        }
        let renamed = Checkpoint(origin: checkpoint.origin, size: before.size, root: before.root)
        do {
            try await requireGrowth(from: [renamed], to: checkpoint)
            return "All \(before.size) entries that you saw are in it, unchanged"
        } catch let error as RegistryError where error.code == .integrityFailure {
            return "Some of the \(before.size) entries that you saw are lost, and others stand in their places"
        }
    }
}
