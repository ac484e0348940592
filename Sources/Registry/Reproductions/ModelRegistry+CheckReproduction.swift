import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Says what is missing or weak about repeating the run behind a version; queues nothing.
    ///
    /// Reads the stored bytes that a repetition needs, up to `ReproductionCheck.mostBytes`.
    package func checkReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in place: CollectionKind = .model, as caller: Caller
    ) async throws -> RecipeCheck {
        let refusal = AuditEntry(
            "reproduction.check", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        let (own, now) = (ownWorker.state, clock())
        let (subject, name) = try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(place, reference.name, for: .reproduce, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            let run = try OriginalRun.of(version, db)
            try Self.requireInputs(of: run, caller, db)
            let subject = ReproductionCheck.Subject(
                kind: kind, run: run, isRemoved: try RemovalRows.isRemoved(version.id, db),
                files: try ArtifactRows.files(of: version.artifact, db),
                metrics: Set(try RunRows.metrics(of: version.run, db).map(\.name)),
                sourceSizes: try Self.sizes(of: [run.recipe?.source.bundle, run.recipe?.source.patch], db),
                inputs: try (run.recipe?.inputs ?? []).map { try Self.checked($0, db) },
                workers: run.recipe == nil ? [] : try Workforce(own: own, db).findings(for: run.needs, at: now))
            return (subject, collection.name)
        }
        let blobs = blobs
        let findings = try await Blocking.run { () -> [RecipeFinding] in
            var check = ReproductionCheck(subject: subject, blobs: blobs)
            return try check.findings()
        }
        return RecipeCheck(
            version: VersionReference(name: name, selector: .number(subject.run.version.number)),
            versionDigest: subject.run.version.digest, kind: kind, findings: findings)
    }

    private static func checked(_ input: Recipe.Input, _ db: Database) throws -> ReproductionCheck.Input {
        let collection = try CollectionRows.require(.dataset, input.dataset.name, db)
        let version = try VersionRows.find(input.dataset.selector, in: collection, db)
        return ReproductionCheck.Input(
            input: input, isRemoved: try version.map { try RemovalRows.isRemoved($0.id, db) } ?? true,
            files: try ArtifactRows.files(of: input.artifact, db))
    }

    private static func sizes(of digests: [Digest?], _ db: Database) throws -> [Digest: Int64] {
        var sizes: [Digest: Int64] = [:]
        for digest in digests.compactMap({ $0 }) {
            sizes[digest] = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT size FROM blobs WHERE digest = ?"), arguments: [Data(digest.bytes)])
        }
        return sizes
    }
}
