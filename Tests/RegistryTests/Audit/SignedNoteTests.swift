import AuditLog
import Foundation
import RegistryTypes
import Testing

/// Notes as C2SP signed-note says, and as Go writes them.
@Suite struct SignedNoteTests {
    /// The example of Go's `golang.org/x/mod/sumdb/note`.
    private static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    private static let note =
        text
        + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

    @Test func readsWhatGoWrote() throws {
        let key = try VerifierKey(Self.key)
        #expect(key.description == Self.key && key.name == "PeterNeumann")
        let note = try SignedNote(Data(Self.note.utf8))
        #expect(note.text == Self.text && note.description == Self.note)
        #expect(try note.verified(by: [key]) == [key])
    }

    @Test func refusesWhatIsNotSigned() throws {
        let key = try VerifierKey(Self.key)
        for changed in [
            Self.note.replacing("answer", with: "solution"), Self.note.replacing("x08go/ZJ", with: "x08go/ZK"),
        ] {
            #expect(throws: RegistryError.self) { try SignedNote(Data(changed.utf8)).verified(by: [key]) }
        }
        let other = try VerifierKey(name: "PeterNeumann", key: SigningKey().publicKey)
        #expect(throws: RegistryError.self) { try SignedNote(Data(Self.note.utf8)).verified(by: [other]) }
        for broken in [
            "", "text\n", "text\n\n", Self.text, Self.note + "x\n", "a\tb" + Self.note, String(Self.note.dropLast()),
        ] {
            #expect(throws: RegistryError.self, "\(broken)") { try SignedNote(Data(broken.utf8)) }
        }
        for broken in [
            "", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "x+c74f20a3+AhAA",
        ] { #expect(throws: RegistryError.self, "\(broken)") { try VerifierKey(broken) } }
    }

    @Test func twoKeysSignOneNote() throws {
        let (old, new) = (SigningKey(), SigningKey())
        let checkpoint = Checkpoint(origin: "example.com/log", size: 7, root: Digest.of(Data("x".utf8)))
        let note = try SignedNote(checkpoint.text, signedBy: [("example.com/log", old), ("example.com/log", new)])
        let read = try SignedNote(Data(note.description.utf8))
        #expect(read == note)
        #expect(try Checkpoint(text: read.text) == checkpoint)
        for key in [old, new] {
            let verifier = try VerifierKey(name: "example.com/log", key: key.publicKey)
            #expect(try VerifierKey(verifier.description) == verifier)
            #expect(try read.verified(by: [verifier]) == [verifier])
        }
    }

    @Test func checkpointsHaveOneForm() throws {
        let root = Data(count: 32).base64EncodedString()
        #expect(try Checkpoint(text: "o\n0\n\(root)\nextension\n").size == 0)
        for text in [
            "", "o\n1\n", "o\n01\n\(root)\n", "o\n-1\n\(root)\n", "o\n1\nAAAA\n", "\n1\n\(root)\n", "o\n1\n\(root)",
        ] {
            #expect(throws: RegistryError.self, "\(text)") { try Checkpoint(text: text) }
        }
    }

    @Test func aProofIsReadAsItIsWritten() throws {
        let log = try MemoryLog(size: 300)
        let note = try SignedNote(#require(log.files["checkpoint"]))
        let proof = TlogProof(
            entry: log.entries[299], index: 299, hashes: try log.prover(size: 300).inclusion(of: 299), checkpoint: note)
        let text = proof.description
        #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nextra ZW50cnkgMjk5\nindex 299\n"))
        #expect(text.hasSuffix("\n\n" + note.description))
        #expect(try TlogProof(Data(text.utf8)) == proof)
        #expect(try proof.verified(by: [log.verifier]).size == 300)
        for (old, new) in [("index 299", "index 298"), ("ZW50cnkgMjk5", "ZW50cnkgMjk4"), ("\n300\n", "\n301\n")] {
            let changed = try TlogProof(Data(text.replacing(old, with: new).utf8))
            #expect(throws: RegistryError.self) { try changed.verified(by: [log.verifier]) }
        }
        #expect(throws: RegistryError.self) {
            try TlogProof(Data(text.replacing("index 299", with: "index 0299").utf8))
        }
    }
}
