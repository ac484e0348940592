import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a dataset, and the run that produced it if one did, making the dataset if it is new.
    package func createDatasetVersion(
        _ request: CreateDatasetVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> CreatedVersion {
        let manifest = try ArtifactManifest(request.files)
        let refusal = AuditEntry("version.create", namespace: name.namespace.text, object: "dataset:\(name)")
        try await requireMayPush(to: name.namespace, as: caller, refusedAs: refusal)
        try await requireBlobs(manifest.files, request.run, in: name.namespace)
        try await requireIntact(manifest.files)
        try await checkLinks(of: manifest)
        let blobs = blobs
        let run = try await Blocking.run {
            try request.run.map { try CheckedRun(producing: .dataset, $0, blobs: blobs) }
        }
        let findings = try run.map { try PushFindings(source: $0) }
        let id = RunID(at: clock())
        let content = try request.identity(of: name)
        return try await writeOnce(caller, refusedAs: refusal, content: content) { db, now in
            let namespace = try Namespaces.require(name.namespace, for: .push, caller, db)
            if let run { try RunRows.requireReadable(run.description, caller, db) }
            let collection = try CollectionRows.findOrInsert(.dataset, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let told = try run.map {
                try RunRows.insert($0, id: id, namespace: namespace, by: caller.principal, at: now, db)
            }
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: told?.id, flags: findings?.flags ?? [], by: caller.principal,
                at: now, db
            ) { VersionDocument(dataset: collection.name, number: $0, artifact: artifact, run: told) }
            let created = try CreatedVersion(version, warnings: findings?.warnings ?? [], db)
            return Written(created, created.entry(.dataset))
        }
    }
}

extension CreateDatasetVersion {
    /// What makes two pushes the same: for data with a run, all but its facts and its log; nil means every byte.
    fileprivate func identity(of name: QualifiedName) throws -> Digest? {
        guard run != nil else { return nil }
        var same = self
        same.run?.facts = RunFacts()
        same.run?.log = nil
        return Digest.of(Data("dataset:\(name)\n".utf8) + (try same.canonicalJSON()))
    }
}
