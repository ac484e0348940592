package import Foundation
import RegistryTypes

/// How a log went on under another key: a C2SP tlog-proof, under a checkpoint that the key before and the new one signed, of
/// the entry that announces the new one.
///
/// The second signature alone would say nothing, since anybody can put one below a checkpoint. It is the entry by which the
/// key before vouches for the new one.
package struct KeyHandover: Sendable, Equatable {
    package let proof: TlogProof
    /// The key that is announced.
    package let key: VerifierKey

    /// Takes a proof; throws `integrity-failure` unless it is of an entry that announces a key.
    package init(_ proof: TlogProof) throws {
        guard let entry = try? JSONParser.parse(proof.entry), entry["action"]?.string == "log-key.create",
            let key = entry["after"]?["vkey"]?.string
        else {
            throw RegistryError(.integrityFailure, "the entry \(proof.index) announces no key of the log")
        }
        self.proof = proof
        self.key = try VerifierKey(key)
    }

    /// Parses the text of the proof.
    package init(_ data: Data) throws { try self.init(TlogProof(data)) }

    /// Whether one of the keys signed it, rightly or not.
    func names(_ keys: [VerifierKey]) -> Bool {
        proof.checkpoint.signatures.contains { line in keys.contains { $0.name == line.name && $0.id == line.keyID } }
    }

    /// Checks it with keys that are trusted; returns the checkpoint, or throws `integrity-failure`.
    package func verified(by keys: [VerifierKey]) throws -> Checkpoint {
        let head = try proof.verified(by: keys)
        try proof.checkpoint.verified(by: [key])
        guard head.origin == key.name, try proof.checkpoint.verified(by: keys).allSatisfy({ $0.name == head.origin })
        else { throw RegistryError(.integrityFailure, "a key of the log was announced in another log's name") }
        return head
    }
}
