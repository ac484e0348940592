import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a dataset, making the dataset if it is new.
    package func createDatasetVersion(
        _ request: CreateDatasetVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> PushedVersion {
        let manifest = try ArtifactManifest(request.files)
        let refusal = AuditEntry("version.create", namespace: name.namespace.text, object: "dataset:\(name)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let namespace = try Namespaces.require(name.namespace, db)
            try Authorization.require(.push, caller, namespace: namespace, db)
            let collection = try CollectionRows.findOrInsert(.dataset, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: nil, flags: [], by: caller.principal, at: now, db
            ) { VersionDocument(dataset: collection.name, number: $0, artifact: artifact) }
            let pushed = PushedVersion(
                name: collection.name, number: version.number, digest: version.digest, artifact: artifact, flags: [],
                sameArtifactAs: try VersionRows.twin(of: version, db))
            return Written(pushed, pushed.entry("dataset"))
        }
    }
}
