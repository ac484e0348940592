import AuditLog
import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a model and the run that produced it, making the model if it is new.
    ///
    /// Everything that takes long (proving the source, looking for NaN) happens before the transaction, over blobs that
    /// can no longer change.
    package func pushVersion(
        _ request: CreateModelVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> CreatedVersion {
        let refusal = AuditEntry("version.create", namespace: name.namespace.text, object: "model:\(name)")
        try await requireMayPush(to: name.namespace, as: caller, refusedAs: refusal)
        let manifest = try ArtifactManifest(request.files)
        try await requireBlobs(manifest.files, request.run, in: name.namespace)
        try await requireIntact(manifest.files)
        try await checkLinks(of: manifest)
        let blobs = blobs
        let run = try await Blocking.run { try CheckedRun(producing: .model, request.run, blobs: blobs) }
        let findings = try await Blocking.run { try PushFindings(manifest, run, blobs: blobs) }
        let id = RunID(at: clock())
        let content = try request.identity(of: name)
        return try await writeOnce(caller, refusedAs: refusal, content: content) { db, now in
            let namespace = try Namespaces.require(name.namespace, for: .push, caller, db)
            try RunRows.requireReadable(run.description, caller, db)
            let collection = try CollectionRows.findOrInsert(.model, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let told = try RunRows.insert(run, id: id, namespace: namespace, by: caller.principal, at: now, db)
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: id, flags: findings.flags, by: caller.principal, at: now, db
            ) { VersionDocument(model: collection.name, number: $0, artifact: artifact, run: told) }
            let created = try CreatedVersion(version, warnings: findings.warnings, db)
            return Written(created, created.entry(.model))
        }
    }
}

extension CreateModelVersion {
    /// What makes two pushes the same: all but the facts and the log, which a repeated job of a build has anew.
    fileprivate func identity(of name: QualifiedName) throws -> Digest {
        var same = self
        same.run.facts = RunFacts()
        same.run.log = nil
        return Digest.of(Data("\(name)\n".utf8) + (try same.canonicalJSON()))
    }
}
