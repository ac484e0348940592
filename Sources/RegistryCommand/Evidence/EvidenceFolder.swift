import Foundation
import RegistryClient
import RegistryTypes

/// The evidence of a version, as files that need no server any more.
struct EvidenceFolder {
    let client: RegistryClient
    let folder: URL

    /// What was written of one reproduction.
    struct Entry {
        let record: ReproductionRecord
        /// Its folder; nil where the verdict was never signed.
        let folder: URL?
    }

    /// Fetches keys and provenance, then statement, report, facts and log of each reproduction; checks what is signed.
    func fetch(_ reference: VersionReference) async throws -> [Entry] {
        let keys = try await client.signingKeys()
        try write(StrictJSON.encode(keys), "keys.json")
        for key in keys.keys { try write(Data(key.publicKey.utf8), "keys/\(key.id.hex).pem") }
        let trusted = try VerificationKeys(StrictJSON.encode(keys))
        let provenance = try StrictJSON.encode(await client.provenance(of: reference))
        _ = try SignedStatement(provenance, keys: trusted)
        try write(provenance, "provenance.json")
        var entries: [Entry] = []
        for record in try await client.reproductions(of: reference) where record.verdict != nil {
            guard record.statement != nil else {
                entries.append(Entry(record: record, folder: nil))
                continue
            }
            entries.append(Entry(record: record, folder: try await fetch(record, trusted)))
        }
        return entries
    }

    private func fetch(_ record: ReproductionRecord, _ keys: VerificationKeys) async throws -> URL {
        let place = "reproductions/\(record.id)"
        let envelope = try StrictJSON.encode(await client.statement(of: record.id))
        let signed = try SignedStatement(envelope, keys: keys)
        guard Digest.of(signed.payload) == record.statement, case .reproduction(let statement) = signed.content else {
            throw RegistryError(.integrityFailure, "the statement of \(record.id) is not the one that it was")
        }
        let evidence = statement.predicate.evidence
        let report = try await client.report(of: record.id)
        try Self.require(report, evidence.report, "report", of: record)
        if let log = evidence.log {
            let text = try await wholeLog(of: record.id)
            try Self.require(text, log, "log", of: record)
            try write(text, "\(place)/log.txt")
        }
        if let facts = evidence.facts, let run = statement.predicate.run {
            let document = try await client.run(run).facts.canonicalJSON()
            try Self.require(document, facts, "facts", of: record)
            try write(document, "\(place)/facts.json")
        }
        try write(report, "\(place)/report.json")
        try write(envelope, "\(place)/statement.json")
        return folder.appending(path: place)
    }

    private static func require(_ data: Data, _ digest: Digest, _ what: String, of record: ReproductionRecord) throws {
        guard Digest.of(data) == digest else {
            throw RegistryError(
                .integrityFailure, "the \(what) of \(record.id) does not have the digest that its statement names")
        }
    }

    private func wholeLog(of id: RunID) async throws -> Data {
        var text = Data()
        while true {
            let piece = try await client.reproductionLog(id, from: text.count)
            text += piece.bytes
            if piece.isComplete || piece.bytes.isEmpty { return text }
        }
    }

    private func write(_ data: Data, _ name: String) throws {
        let file = folder.appending(path: name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file, options: .atomic)
        } catch {
            throw RegistryError(.invalidPath, "\(file.path(percentEncoded: false)) cannot be written")
        }
    }
}
