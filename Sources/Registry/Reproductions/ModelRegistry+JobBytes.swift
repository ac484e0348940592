import AuditLog
package import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// What a worker needs to know to carry out its job.
    package func job(_ id: RunID, as caller: Caller) async throws -> JobSpecification {
        try await database.read { db in
            let stored = try Self.requireJob(id, caller, db)
            let recipe = try Self.recipe(of: stored, db)
            return JobSpecification(
                id: id, namespace: stored.record.version.name.namespace, kind: stored.record.kind, recipe: recipe,
                inputs: try recipe.inputs.map { input in
                    JobSpecification.Folder(
                        name: input.name, phase: input.phase, files: try ArtifactRows.files(of: input.artifact, db))
                },
                // Who retrains must not see what to arrive at.
                model: stored.record.kind == .evaluate
                    ? try ArtifactRows.files(of: stored.version.artifact, db) : nil,
                variation: stored.record.variation,
                leaseSeconds: Self.leaseSeconds)
        }
    }

    /// Opens bytes that the job's specification names, and no others.
    package func openBlob(_ digest: Digest, ofJob id: RunID, as caller: Caller) async throws -> BlobReader {
        let size = try await database.read { db -> Int64? in
            let stored = try Self.requireJob(id, caller, db)
            let recipe = try Self.recipe(of: stored, db)
            guard try Self.isNamed(digest, in: recipe, of: stored, db) else { return nil }
            return try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT size FROM blobs WHERE digest = ?"), arguments: [Data(digest.bytes)])
        }
        guard let size else { throw RegistryError(.notFound, "the job \(id) names no bytes with the digest \(digest)") }
        return try blobs.open(digest, size: size)
    }

    /// Throws unless the caller may upload outputs of this job; asked before the body is read.
    package func checkMayUpload(toJob id: RunID, as caller: Caller) async throws {
        try await database.read { db in _ = try Self.requireJob(id, caller, db) }
    }

    /// Publishes an output of a job, whose bytes have all been written.
    package func finishUpload(
        _ upload: BlobUpload, expecting digest: Digest, size: Int64?, ofJob id: RunID, as caller: Caller
    ) async throws -> BlobRecord {
        let refusal = AuditEntry("blob.put", namespace: nil, object: "blob:\(digest)", digest: digest)
        let record = try await publishing(digest) {
            try await Blocking.waitForDisk { _ = try upload.finish(expecting: digest, size: size) }
            let record = BlobRecord(sha256: digest, size: upload.size)
            return try await write(caller, refusedAs: refusal) { db, now in
                let stored = try Self.requireJob(id, caller, db)
                _ = try insert(record, into: stored.namespace, at: now, db)
                try Self.keep(digest, forJob: id, db)
                var entry = refusal
                entry.namespace = stored.record.version.name.namespace.text
                return Written(record, entry)
            }
        }
        try requireFile(of: digest)
        return record
    }

    /// Keeps an upload until the job ends, which may take longer than any lease.
    private static func keep(_ digest: Digest, forJob id: RunID, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO reproduction_uploads (digest, reproduction_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [Data(digest.bytes), id.text])
    }

    /// Throws `blob-unknown` unless the job uploaded the bytes: whoever knows a digest alone has trained nothing.
    static func requireUpload(
        of digest: Digest, size: Int64? = nil, toJob stored: ReproductionRows.Stored, _ db: Database
    ) throws {
        try ArtifactRows.requireBlob(digest, size: size, namespace: stored.namespace, db)
        let isOwn = try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM reproduction_uploads WHERE digest = ? AND reproduction_id = ?)"),
            arguments: [Data(digest.bytes), stored.record.id.text])
        guard isOwn == true else {
            throw RegistryError(.blobUnknown, "the bytes of \(digest) have not been uploaded by this job; upload them")
        }
    }

    /// The recipe that a job repeats.
    static func recipe(of stored: ReproductionRows.Stored, _ db: Database) throws -> Recipe {
        guard let recipe = try OriginalRun.of(stored.version, db).recipe else {
            throw RegistryError(.internalError, "the job \(stored.record.id) has no recipe")
        }
        return recipe
    }

    private static func isNamed(
        _ digest: Digest, in recipe: Recipe, of stored: ReproductionRows.Stored, _ db: Database
    ) throws -> Bool {
        if digest == recipe.source.bundle || digest == recipe.source.patch { return true }
        var artifacts = recipe.inputs.map { Data($0.artifact.bytes) }
        if stored.record.kind == .evaluate { artifacts.append(Data(stored.version.artifact.bytes)) }
        let marks = databaseQuestionMarks(count: artifacts.count)
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM artifact_files WHERE digest = ? AND artifact IN (\(marks)))"),
            arguments: [Data(digest.bytes)] + StatementArguments(artifacts)) ?? false
    }
}
