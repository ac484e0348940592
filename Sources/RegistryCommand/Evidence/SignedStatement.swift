package import Foundation
package import RegistryTypes

/// A statement whose signature and schema were found right, offline.
package struct SignedStatement {
    /// What kinds of statement Assay makes.
    package enum Content {
        case reproduction(InTotoStatement<ReproductionPredicate>)
        case provenance(InTotoStatement<ProvenancePredicate>)
    }

    /// What is stated.
    package let content: Content
    /// The bytes that were signed.
    package let payload: Data
    /// The key whose signature was right.
    package let key: PublicKey

    /// Checks an envelope with one of the keys; throws `integrity-failure` unless everything is right.
    package init(_ envelope: Data, keys: VerificationKeys) throws {
        let envelope = try Self.reading { try StrictJSON.decode(Envelope.self, from: envelope) }
        guard envelope.payloadType == Envelope.inToto else {
            throw RegistryError(.integrityFailure, "the envelope holds a \(envelope.payloadType), not a statement")
        }
        key = try keys.key(for: envelope)
        payload = try envelope.payload(signedBy: key)
        let json = try Self.reading { [payload] in try JSONParser.parse(payload) }
        guard try json.canonicalBytes() == payload else {
            throw RegistryError(.integrityFailure, "the statement is not canonical JSON")
        }
        switch json["predicateType"]?.string {
        case ReproductionPredicate.type:
            content = .reproduction(
                try Self.reading { [payload] in try InTotoStatement(payload, predicateType: ReproductionPredicate.type)
                })
        case ProvenancePredicate.type:
            content = .provenance(
                try Self.reading { [payload] in try InTotoStatement(payload, predicateType: ProvenancePredicate.type) })
        case let type:
            throw RegistryError(.integrityFailure, "this is a statement of the unknown kind \(type ?? "none")")
        }
        guard subjects.count > 1, subjects.allSatisfy({ $0.digest?["sha256"] != nil && $0.name != nil }) else {
            throw RegistryError(.integrityFailure, "the statement does not name its files")
        }
        if case .reproduction(let statement) = content {
            try keys.check(key, signedAt: statement.predicate.endedAt)
        }
    }

    /// A document that cannot be read as what it should be is no statement: whoever checks one wants to know just that.
    private static func reading<Document>(_ document: () throws -> Document) throws -> Document {
        do {
            return try document()
        } catch let error as RegistryError where error.code != .integrityFailure {
            throw RegistryError(.integrityFailure, "this is no signed statement: \(error.message)")
        }
    }

    /// The version and its files.
    package var subjects: [ResourceDescriptor] {
        switch content {
        case .reproduction(let statement): statement.subject
        case .provenance(let statement): statement.subject
        }
    }

    /// The files of the version: all subjects but the first, which is the artifact.
    package var files: ArraySlice<ResourceDescriptor> { subjects.dropFirst() }
}
