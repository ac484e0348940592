package import Foundation
import RegistryTypes

/// The public keys that somebody trusts: one in PEM form, or the list that a server publishes.
package struct VerificationKeys {
    private let records: [SigningKeyRecord]
    /// Whether their times are known.
    private let haveTimes: Bool

    /// Reads `-----BEGIN PUBLIC KEY-----` or the JSON of `/.well-known/assay-keys`.
    package init(_ data: Data) throws {
        let text = String(decoding: data, as: UTF8.self)
        haveTimes = !text.hasPrefix("-----BEGIN")
        records =
            haveTimes
            ? try StrictJSON.decode(SigningKeys.self, from: data).keys
            : [SigningKeyRecord(try PublicKey(pem: text), validFrom: 0, validUntil: nil)]
    }

    /// The key that an envelope says it was signed with, if it is a trusted one; `integrity-failure` otherwise.
    func key(for envelope: Envelope) throws -> PublicKey {
        for signature in envelope.signatures {
            guard let record = records.first(where: { $0.id.hex == signature.keyid }) else { continue }
            let key = try PublicKey(pem: record.publicKey)
            guard key.id == record.id else {
                throw RegistryError(.integrityFailure, "the list of keys gives \(record.id) to another key")
            }
            return key
        }
        let named = envelope.signatures.map(\.keyid).joined(separator: ", ")
        throw RegistryError(.integrityFailure, "the envelope was signed with the key \(named), which was not given")
    }

    /// Throws `integrity-failure` for what was stated at a time when the key did not sign.
    func check(_ key: PublicKey, signedAt time: String) throws {
        guard haveTimes, let record = records.first(where: { $0.id == key.id }) else { return }
        // RFC 3339 in UTC with fixed digits: the order of texts is that of times. The clock of a server may be set back.
        let (from, until) = (StatementTime.text(record.validFrom), record.validUntil.map(StatementTime.text))
        guard time >= from, until.map({ time <= $0 }) ?? true else {
            throw RegistryError(
                .integrityFailure,
                "the statement is of \(time), when the key \(key.id) did not sign: \(from) to "
                    + (until ?? "now"))
        }
    }
}
