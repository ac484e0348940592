import Foundation
import GRDB
import RegistryTypes

/// What is known of a reproduction that ends, beside its verdict.
struct Conclusion: Sendable {
    /// The run that repeated the original, with its facts and its log.
    var run: RunID?
    var facts: RunFacts?
    var log: Digest?
    /// What that run wrote.
    var outputs: [ArtifactFile] = []
}

extension ModelRegistry {
    /// Ends a reproduction: the verdict, what it rests on, and the signed statement of it, in the caller's transaction.
    ///
    /// Call `prepareSigningKey()` before the transaction. Returns the digest of the statement.
    func conclude(
        _ stored: ReproductionRows.Stored, with verdict: Verdict, _ conclusion: Conclusion = Conclusion(),
        at now: Int64, _ db: Database
    ) throws -> Digest {
        let id = stored.record.id
        try ReproductionRows.end(id, with: verdict, run: conclusion.run, at: now, db)
        let outputs = try keepOutputs(conclusion.outputs, of: stored, verdict, at: now, db)
        let record = try ReproductionRows.require(id, db).record
        let original = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT recipe FROM runs WHERE id = ?"), arguments: [stored.version.run?.text])
        let predicate = ReproductionPredicate(
            verdict,
            of: .init(
                reference: record.version, digest: record.versionDigest, artifact: stored.version.artifact,
                recipe: try original?.optionalDigest("recipe"), of: stored.version.run),
            reproduction: id, variation: record.variation, run: conclusion.run, requestedAt: record.createdAt,
            startedAt: record.startedAt, endedAt: record.endedAt ?? now,
            evidence: .init(
                report: try verdict.canonicalDigest(), log: conclusion.log, outputs: outputs,
                facts: conclusion.run == nil ? nil : try conclusion.facts?.canonicalDigest()))
        let statement = InTotoStatement(
            subject: .init(
                kind: try Self.kind(of: stored.version, db), version: record.version, artifact: stored.version.artifact,
                files: try ArtifactRows.files(of: stored.version.artifact, db)),
            predicateType: ReproductionPredicate.type, predicate: predicate)
        guard let key = try SigningKeyRows.present(db) else {
            throw RegistryError(.internalError, "there is no signing key")
        }
        return try StatementRows.insert(try statement.canonicalJSON(), of: id, key: keys.read(key), db)
    }

    private static func kind(of version: VersionRows.Version, _ db: Database) throws -> String {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT kind FROM collections WHERE id = ?"), arguments: [version.collection])
            ?? "model"
    }

    /// Keeps what a reproduction wrote for a time; what is bit-identical the version holds anyway.
    private func keepOutputs(
        _ files: [ArtifactFile], of stored: ReproductionRows.Stored, _ verdict: Verdict, at now: Int64, _ db: Database
    ) throws -> Digest? {
        guard !files.isEmpty else { return nil }
        let artifact = try ArtifactRows.insert(
            ArtifactManifest(files), namespace: stored.namespace, at: now, db)
        try db.execute(
            sql: "INSERT INTO reproduction_outputs (reproduction_id, artifact, keep_until) VALUES (?, ?, ?)",
            arguments: [
                stored.record.id.text, Data(artifact.bytes),
                verdict.verdict == .bitIdentical ? now : now + outputRetention,
            ])
        return artifact
    }
}
