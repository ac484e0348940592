import AuditLog
import BlobStore
import GRDB
import RegistryTypes

/// A push of a version of a model or dataset.
struct VersionPush: Sendable {
    let kind: CollectionKind
    let name: QualifiedName
    let files: [ArtifactFile]
    /// The run that produced it; nil for data that came from elsewhere.
    let run: RunDescription?
    /// What makes two pushes the same; nil for every byte of the request.
    let content: Digest?
}

extension ModelRegistry {
    /// Records a version and the run that produced it, making its model or dataset if that is new.
    ///
    /// Everything that takes long (proving the source, looking for NaN) happens before the transaction, over blobs that
    /// can no longer change.
    func record(_ push: VersionPush, as caller: Caller) async throws -> CreatedVersion {
        let (kind, name) = (push.kind, push.name)
        let refusal = AuditEntry(
            "version.create", namespace: name.namespace.text, object: "\(kind.rawValue):\(name)")
        try await requireMayPush(to: name.namespace, as: caller, refusedAs: refusal)
        let manifest = try ArtifactManifest(push.files)
        try await requireBlobs(manifest.files, push.run, in: name.namespace)
        try await requireIntact(manifest.files)
        try await checkLinks(of: manifest)
        let blobs = blobs
        let run = try await Blocking.run {
            try push.run.map { try CheckedRun(producing: kind, $0, blobs: blobs) }
        }
        let findings = try await Blocking.run {
            // Values that are no numbers are nothing wrong in data.
            try run.map { try kind == .model ? PushFindings(manifest, $0, blobs: blobs) : PushFindings(source: $0) }
        }
        let id = RunID(at: clock())
        return try await writeOnce(caller, refusedAs: refusal, content: push.content) { db, now in
            let namespace = try Namespaces.require(name.namespace, for: .push, caller, db)
            if let run { try RunRows.requireReadable(run.description, caller, db) }
            let collection = try CollectionRows.findOrInsert(kind, name, at: now, db)
            let artifact = try ArtifactRows.insert(manifest, namespace: namespace, at: now, db)
            let told = try run.map {
                try RunRows.insert($0, id: id, namespace: namespace, by: caller.principal, at: now, db)
            }
            let version = try VersionRows.insert(
                in: collection, artifact: artifact, run: told?.id, flags: findings?.flags ?? [], by: caller.principal,
                at: now, db
            ) { number in
                if kind == .model, let told {
                    VersionDocument(model: collection.name, number: number, artifact: artifact, run: told)
                } else {
                    VersionDocument(dataset: collection.name, number: number, artifact: artifact, run: told)
                }
            }
            if let files = findings?.files { try ScanRows.insert(files, of: version.id, db) }
            let created = try CreatedVersion(version, warnings: findings?.warnings ?? [], db)
            return Written(created, created.entry(kind))
        }
    }
}
