import AuditLog
import BlobStore
import GRDB
package import RegistryTypes
import WeightFormats

extension ModelRegistry {
    /// Records a new version of a model and the run that produced it, making the model if it is new.
    ///
    /// Everything that takes long (proving the source, looking for NaN) happens before the transaction, over blobs that
    /// can no longer change.
    package func pushVersion(
        _ request: CreateModelVersion, of name: QualifiedName, as caller: Caller
    ) async throws -> PushedVersion {
        try await checkMayPush(to: name.namespace, as: caller)
        let manifest = try ArtifactManifest(request.files)
        let run = try CheckedRun(request.run, blobs: blobs)
        guard run.description.state == .finished, run.description.kind != .evaluate else {
            throw RegistryError(.invalidRequest, "a version comes from a finished run of kind train or import")
        }
        let flags = try flags(of: manifest, run)
        let id = RunID(at: clock())
        let refusal = AuditEntry("version.create", namespace: name.namespace.text, object: "model:\(name)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let namespace = try Namespaces.require(name.namespace, db)
            try Authorization.require(.push, caller, namespace: namespace, db)
            let collection = try CollectionRows.findOrInsert(.model, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let told = try RunRows.insert(run, id: id, namespace: namespace, by: caller.principal, at: now, db)
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: id, flags: flags, by: caller.principal, at: now, db
            ) { VersionDocument(model: collection.name, number: $0, artifact: artifact, run: told) }
            let pushed = PushedVersion(
                name: collection.name, number: version.number, digest: version.digest, artifact: artifact,
                flags: flags, sameArtifactAs: try VersionRows.twin(of: version, db))
            return Written(pushed, pushed.entry("model"))
        }
    }

    private func flags(of manifest: ArtifactManifest, _ run: CheckedRun) throws -> [String] {
        var flags: [String] = []
        if try run.description.metrics.contains(where: \.isNonfinite) || hasNonfiniteWeights(manifest) {
            flags.append("nonfinite")
        }
        if run.source?.patch != nil { flags.append("dirty-source") }
        if !run.sourceIncomplete.isEmpty { flags.append("source-incomplete") }
        return flags
    }

    /// Whether a file that Assay can read holds NaN or infinite weights. A file that it cannot read is not judged.
    private func hasNonfiniteWeights(_ manifest: ArtifactManifest) throws -> Bool {
        try manifest.files.contains { file in
            guard file.mode != .symlink, blobs.contains(file.sha256) else { return false }
            let mapped = try MappedFile(path: blobs.path(of: file.sha256))
            let format = KnownWeightFormats.detect(fileName: file.path.fileName, file: mapped)
            return (try? format.open(mapped, layout: nil).nonfinite().isEmpty == false) ?? false
        }
    }
}
