package import Foundation
package import RegistryTypes

/// A text with signatures below it (C2SP signed-note).
package struct SignedNote: Sendable, Equatable {
    /// One line `— <name> <base64>`.
    package struct Signature: Sendable, Equatable {
        package let name: String
        /// The 4 bytes that tell keys of one name apart.
        package let keyID: [UInt8]
        package let bytes: Data
    }

    /// What was signed, with its last line end.
    package let text: String
    package let signatures: [Signature]

    /// The most bytes that a note may have: more than a checkpoint with 16 large signatures.
    package static let maximumSize = 1 << 17

    /// Signs a text that ends with a line end.
    package init(_ text: String, signedBy signers: [(name: String, key: SigningKey)]) throws {
        self.text = text
        signatures = try signers.map { name, key in
            let verifier = try VerifierKey(name: name, key: key.publicKey)
            return Signature(name: name, keyID: verifier.id, bytes: try key.sign(Data(text.utf8)))
        }
    }

    /// Parses a note; throws `integrity-failure` for anything else.
    package init(_ data: Data) throws {
        let failure = RegistryError(.integrityFailure, "this is not a signed note")
        guard data.count <= Self.maximumSize, let note = String(validating: data, as: UTF8.self),
            note.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }),
            let border = note.range(of: "\n\n", options: .backwards),
            note.hasSuffix("\n"), border.upperBound < note.endIndex
        else { throw failure }
        text = note[..<border.lowerBound] + "\n"
        signatures = try note[border.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let parts = line.split(separator: " ", omittingEmptySubsequences: false)
                guard parts.count == 3, parts[0] == "—", !parts[1].isEmpty, !parts[1].contains("+"),
                    let bytes = Data(base64Encoded: String(parts[2])), bytes.count > 4
                else { throw failure }
                return Signature(name: String(parts[1]), keyID: Array(bytes.prefix(4)), bytes: bytes.dropFirst(4))
            }
    }

    /// The whole note.
    package var description: String {
        text + "\n"
            + signatures.map { "— \($0.name) \((Data($0.keyID) + $0.bytes).base64EncodedString())\n" }.joined()
    }

    /// The keys, of some that are trusted, whose signatures are right; throws `integrity-failure` if there is none, or if
    /// a signature in the name of one is wrong.
    @discardableResult
    package func verified(by keys: [VerifierKey]) throws -> [VerifierKey] {
        var good: [VerifierKey] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.name == signature.name && $0.id == signature.keyID }) else {
                continue
            }
            guard key.key.verifies(signature.bytes, of: Data(text.utf8)) else {
                throw RegistryError(.integrityFailure, "the signature of \(signature.name) is not right")
            }
            good.append(key)
        }
        guard !good.isEmpty else {
            throw RegistryError(
                .integrityFailure,
                "none of the keys that are trusted signed it; it names \(signatures.map(\.name).joined(separator: ", "))"
            )
        }
        return good
    }
}
