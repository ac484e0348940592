import AuditLog
package import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The signed statement of a reproduction's verdict; `not-found` while there is none.
    package func statement(of id: RunID, as caller: Caller) async throws -> Envelope {
        let refusal = AuditEntry("reproduction.statement", namespace: nil, object: "reproduction:\(id)")
        return try await read(caller, refusedAs: refusal) { db in
            _ = try ReproductionRows.require(id, for: .readMetadata, caller, db)
            guard let envelope = try StatementRows.envelope(of: id, db) else {
                throw RegistryError(.notFound, "the reproduction \(id) has no verdict that was signed")
            }
            return envelope
        }
    }

    /// The full verdict of a reproduction in the bytes whose digest its statement names.
    package func report(of id: RunID, as caller: Caller) async throws -> Data {
        let refusal = AuditEntry("reproduction.report", namespace: nil, object: "reproduction:\(id)")
        return try await read(caller, refusedAs: refusal) { db in
            _ = try ReproductionRows.require(id, for: .readMetadata, caller, db)
            let text = try String.fetchOne(
                db.cachedStatement(sql: "SELECT verdict FROM reproductions WHERE id = ? AND verdict IS NOT NULL"),
                arguments: [id.text])
            guard let text else { throw RegistryError(.notFound, "the reproduction \(id) has no verdict") }
            return Data(text.utf8)
        }
    }

    /// Where a version came from, as SLSA provenance; made of what is recorded and signed now.
    ///
    /// The same key makes the same bytes of the payload every time: there is nothing in it but the record.
    package func provenance(of reference: VersionReference, as caller: Caller) async throws -> Envelope {
        try await prepareSigningKey()
        let refusal = AuditEntry(
            "version.provenance", namespace: reference.name.namespace.text, object: "model:\(reference)")
        let keys = keys
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(.model, reference.name, for: .readMetadata, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            guard let run = version.run, let key = try SigningKeyRows.present(db) else {
                throw RegistryError(.internalError, "the version \(reference) has no run")
            }
            let statement = InTotoStatement(
                subject: .init(
                    version: VersionReference(name: collection.name, selector: .number(version.number)),
                    artifact: version.artifact, files: try ArtifactRows.files(of: version.artifact, db)),
                predicateType: ProvenancePredicate.type,
                predicate: try ProvenancePredicate(
                    RunRecord.fetch(run, db), artifacts: try Self.inputArtifacts(of: run, db)))
            return try Envelope(signing: try statement.canonicalJSON(), with: keys.read(key))
        }
    }

    private static func inputArtifacts(of run: RunID, _ db: Database) throws -> [String: Digest] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, artifact FROM run_inputs JOIN versions ON versions.id = version_id
                    WHERE run_inputs.run_id = ?
                    """), arguments: [run.text])
        return Dictionary(try rows.map { ($0["name"], try $0.digest("artifact")) }, uniquingKeysWith: { $1 })
    }
}
