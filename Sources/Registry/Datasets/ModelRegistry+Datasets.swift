import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a new version of a dataset, making the dataset if it is new.
    package func createDatasetVersion(
        _ request: CreateDatasetVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> CreatedVersion {
        let manifest = try ArtifactManifest(request.files)
        let refusal = AuditEntry("version.create", namespace: name.namespace.text, object: "dataset:\(name)")
        try await requireMayPush(to: name.namespace, as: caller, refusedAs: refusal)
        try await requireBlobs(manifest.files, nil, in: name.namespace)
        try await requireIntact(manifest.files)
        try await checkLinks(of: manifest)
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let namespace = try Namespaces.require(name.namespace, for: .push, caller, db)
            let collection = try CollectionRows.findOrInsert(.dataset, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: nil, flags: [], by: caller.principal, at: now, db
            ) { VersionDocument(dataset: collection.name, number: $0, artifact: artifact) }
            let created = try CreatedVersion(version, db)
            return Written(created, created.entry(.dataset))
        }
    }
}
