import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The versions of a model or dataset, newest first.
    package func versions(
        of name: QualifiedName, kind: CollectionKind, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<VersionSummary> {
        let refusal = AuditEntry("version.list", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
            let list = "versions"
            let summaries = try VersionSummary.fetchAll(
                in: collection.id, before: page.number(in: list), limit: page.fetchLimit, db)
            return Page(summaries, page, list: list, key: { [String($0.number)] }, item: \.self)
        }
    }

    /// Throws unless the caller may know of the model or dataset.
    package func checkMayKnow(of name: QualifiedName, kind: CollectionKind, as caller: Caller) async throws {
        let refusal = AuditEntry("version.show", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        try await read(caller, refusedAs: refusal) { db in
            _ = try CollectionRows.require(kind, name, for: .readMetadata, caller, db)
        }
    }

    /// One version with everything that is known about it: files, run, all decisions, the newest 20 reproductions.
    package func version(
        _ reference: VersionReference, kind: CollectionKind, as caller: Caller
    ) async throws -> VersionRecord {
        let refusal = AuditEntry(
            "version.show", namespace: reference.name.namespace.text, object: "\(kind.rawValue):\(reference)")
        let time = caller.past ?? clock()
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, reference.name, for: .readMetadata, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            let isModel = kind == .model
            return VersionRecord(
                summary: try VersionSummary.fetch(version.id, db),
                document: try Self.document(of: version, db),
                files: try ArtifactRows.files(of: version.artifact, db),
                run: try version.run.map { try RunRecord.fetch($0, db) },
                approvals: isModel ? try ApprovalRecord.fetchAll(of: version.id, db) : nil,
                reproductions: isModel || version.run != nil
                    ? try ReproductionRows.of(version: version.id, limit: 20, db) : nil,
                alerts: isModel ? try AlertRecord.all(of: [version.id], at: time, db)[version.id] : nil)
        }
    }

    private static func document(of version: VersionRows.Version, _ db: Database) throws -> VersionDocument {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT document FROM versions WHERE id = ?"), arguments: [version.id])
        return try JSONDecoder().decode(VersionDocument.self, from: bytes ?? Data())
    }
}
