import AuditLog
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Who last saw the log before its key changed gets to the present key, and to no other.
@Suite struct KeyChainTests {
    /// A log whose key changed twice, each time after the overlap before had ended.
    private struct Rotated {
        let test: TestRegistry
        /// The checkpoint and the key that somebody saw in the beginning, and the key after it.
        let first: Checkpoint
        let key: VerifierKey
        let second: VerifierKey
        let note: SignedNote
        let handovers: [KeyHandover]

        init() async throws {
            test = try await TestRegistry()
            let registry = test.registry
            first = try await Self.sign(registry).checkpoint
            key = try VerifierKey(#require(await registry.logStatus().keys.first).vkey)
            second = try VerifierKey(await registry.rotateLogKey(RotateLogKey(), as: test.admin).vkey)
            _ = try await Self.sign(registry)
            _ = try await test.file("a", Data("a".utf8))
            _ = try await Self.sign(registry)
            test.clock.now.withLock { $0 += ModelRegistry.logKeyOverlap }
            _ = try await registry.rotateLogKey(RotateLogKey(), as: test.admin)
            _ = try await Self.sign(registry)
            test.clock.now.withLock { $0 += ModelRegistry.logKeyOverlap }
            _ = try await test.file("b", Data("b".utf8))
            note = try await Self.sign(registry).note
            handovers = try await registry.logStatus().handovers?.map { try KeyHandover(Data($0.utf8)) } ?? []
        }

        static func sign(_ registry: ModelRegistry) async throws -> (note: SignedNote, checkpoint: Checkpoint) {
            let note = try SignedNote(Data(try #require(await registry.signCheckpoint()).utf8))
            return (note, try Checkpoint(text: note.text))
        }
    }

    @Test func eachKeyLeadsToTheNext_andTheLogGrewThroughAllCheckpoints() async throws {
        let log = try await Rotated()
        let (last, registry) = (try Checkpoint(text: log.note.text), log.test.registry)
        #expect(log.handovers.count == 2 && log.note.signatures.count == 1)
        let chain = try KeyChain(from: [log.key], through: log.handovers)
        #expect(chain.keys.count == 3 && chain.passed.count == 2)
        #expect(try chain.signers(of: log.note).count == 1)
        try await KeyChain.requireGrowth(through: [last, log.first] + chain.passed) { old, new in
            try await registry.consistencyProof(from: old, to: new).hashes
        }
        // Who trusts a key in the middle needs what comes behind it.
        #expect(try KeyChain(from: [log.second], through: log.handovers).passed.count == 1)
        // A checkpoint that does not contain the one before.
        let forked = Checkpoint(origin: last.origin, size: log.first.size + 1, root: log.first.root)
        await expectError(.integrityFailure) {
            try await KeyChain.requireGrowth(through: [log.first, forked, last]) { old, new in
                try await registry.consistencyProof(from: old, to: new).hashes
            }
        }
        #expect(try await log.test.fsck().findings == [])
    }

    @Test func aGapLeadsNowhere() async throws {
        let log = try await Rotated()
        for handovers in [[], [log.handovers[0]], [log.handovers[1]]] {
            let chain = try KeyChain(from: [log.key], through: handovers)
            #expect(throws: RegistryError.self) { try chain.signers(of: log.note) }
        }
        // Who may have the old key vouches for nobody: a change at once leaves no handover.
        _ = try await log.test.registry.rotateLogKey(RotateLogKey(immediately: true), as: log.test.admin)
        let note = try await Rotated.sign(log.test.registry).note
        let handovers = try await log.test.registry.logStatus().handovers?.map { try KeyHandover(Data($0.utf8)) } ?? []
        #expect(handovers == log.handovers)
        let chain = try KeyChain(from: [log.key], through: handovers)
        #expect(throws: RegistryError.self) { try chain.signers(of: note) }
    }

    /// A second signature below a checkpoint that the old key signed makes no key: the entry must announce it.
    @Test func aStrangersSignatureMakesNoKey() async throws {
        let log = try await Rotated()
        let stranger = SigningKey()
        let proof = log.handovers[0].proof
        let checkpoint = try Checkpoint(text: proof.checkpoint.text)
        let name = checkpoint.origin
        let own = try SignedNote(checkpoint.text, signedBy: [(name, stranger)])
        let both = try SignedNote(
            Data((proof.checkpoint.description + own.description.split(separator: "\n").last! + "\n").utf8))
        #expect(both.signatures.count == 3)
        let announcement: JSONValue = [
            "action": "log-key.create",
            "after": ["vkey": .string(try VerifierKey(name: name, key: stranger.publicKey).description)],
        ]
        let forged = try KeyHandover(
            TlogProof(
                entry: announcement.canonicalBytes(), index: proof.index, hashes: proof.hashes, checkpoint: both))
        #expect(throws: RegistryError.self) { try KeyChain(from: [log.key], through: [forged]) }
        // The new key must have signed too: else somebody could announce a key that is not theirs.
        let lone = try SignedNote(
            Data(
                proof.checkpoint.description.split(separator: "\n", omittingEmptySubsequences: false)
                    .filter { !$0.contains(Self.line(log.second, in: proof.checkpoint)) }.joined(separator: "\n").utf8))
        #expect(lone.signatures.count == 1)
        let unsigned = try KeyHandover(
            TlogProof(entry: proof.entry, index: proof.index, hashes: proof.hashes, checkpoint: lone))
        #expect(throws: RegistryError.self) { try KeyChain(from: [log.key], through: [unsigned]) }
    }

    /// The base64 of a key's signature.
    private static func line(_ key: VerifierKey, in note: SignedNote) -> String {
        note.signatures.first { $0.keyID == key.id }.map { (Data($0.keyID) + $0.bytes).base64EncodedString() } ?? "-"
    }
}
