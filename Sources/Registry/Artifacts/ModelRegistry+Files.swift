import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Finds the bytes of a file that the caller may have: any bytes for readers, approved ones for deployers.
    ///
    /// Datasets have no approvals, so nobody fetches them who may fetch approved versions only.
    package func openFile(
        _ path: ArtifactPath, of reference: VersionReference, kind: CollectionKind = .model, as caller: Caller
    ) async throws -> ServedFile {
        let now = clock()
        return try await read(caller, refusedAs: .fetch(reference, kind)) { db in
            let version = try Self.fetchableVersion(reference, kind, caller, at: now, db)
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT digest, size, media_type FROM artifact_files WHERE artifact = ? AND path = ?"),
                arguments: [Data(version.artifact.bytes), path.text])
            guard let row else { throw RegistryError(.notFound, "\(reference) has no file \(path)") }
            return ServedFile(
                digest: try row.digest("digest"), size: row["size"], mediaType: row["media_type"],
                version: version.number, versionDigest: version.digest)
        }
    }

    /// The digests of a version's files, for whoever may fetch them.
    package func checksums(
        of reference: VersionReference, kind: CollectionKind = .model, as caller: Caller
    ) async throws -> ServedChecksums {
        let now = clock()
        return try await read(caller, refusedAs: .fetch(reference, kind)) { db in
            let version = try Self.fetchableVersion(reference, kind, caller, at: now, db)
            return ServedChecksums(try ArtifactRows.files(of: version.artifact, db), of: version)
        }
    }

    /// The version that a reference picks, if the caller may have its bytes; every route to bytes of a version asks
    /// this.
    static func fetchableVersion(
        _ reference: VersionReference, _ kind: CollectionKind, _ caller: Caller, at now: Int64, _ db: Database
    ) throws -> VersionRows.Version {
        let permission: Permission = kind == .model ? .readApprovedBytes : .readBytes
        let collection = try CollectionRows.require(kind, reference.name, for: permission, caller, db)
        let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
        guard kind == .model, try !Authorization.has(.readBytes, caller, namespace: collection.namespace, db) else {
            return version
        }
        guard reference.selector != .latest else {
            throw RegistryError(
                .versionNotApproved,
                "`latest` is whatever was pushed last; this token fetches approved versions only, by number, digest or "
                    + "an alias such as production")
        }
        let state = try VersionRows.approval(of: version, db)
        // An emergency override lasts until it expires, unless somebody says no in the meantime.
        guard try state == .approved || state == .pending && OverrideRows.isServed(version.id, at: now, db) else {
            throw RegistryError(
                .versionNotApproved,
                "\(collection.name):\(version.number) is \(state.rawValue); this token fetches approved versions only")
        }
        return version
    }
}

extension AuditEntry {
    /// The entry of a refused fetch.
    fileprivate static func fetch(_ reference: VersionReference, _ kind: CollectionKind) -> AuditEntry {
        AuditEntry(
            "version.fetch", namespace: reference.name.namespace.text, object: "\(kind.rawValue):\(reference)")
    }
}
