import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a decision about one version; returns the state that it leads to.
    package func decide(
        _ request: DecideVersion, about reference: VersionReference, as caller: Caller
    ) async throws -> ApprovalState {
        var entry = AuditEntry(
            "version.\(request.decision.rawValue)", namespace: reference.name.namespace.text,
            object: "model:\(reference)", digest: request.digest)
        if let comment = request.comment {
            guard comment.utf8.count <= 4096 else {
                throw RegistryError(.invalidRequest, "a comment has at most 4096 bytes")
            }
            entry.after = ["comment": .string(comment)]
        }
        return try await write(caller, refusedAs: entry) { [entry] db, now in
            let collection = try CollectionRows.require(.model, reference.name, db)
            try Authorization.require(.approve, caller, namespace: collection.namespace, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            try ApprovalPolicy(
                decision: request.decision, seen: request.digest, actual: version.digest, flags: version.flags,
                state: VersionRows.approval(of: version, db), approver: caller.principal, pusher: version.createdBy
            ).check()
            try db.execute(
                sql: """
                    INSERT INTO decisions (version_id, digest, decision, comment, decided_at, decided_by)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    version.id, Data(version.digest.bytes), request.decision.rawValue, request.comment, now,
                    caller.principal,
                ])
            return Written(request.decision.state, entry)
        }
    }

    /// Finds the bytes of a file that the caller may have: any bytes for readers, approved ones for deployers.
    package func openFile(
        _ path: ArtifactPath, of reference: VersionReference, as caller: Caller
    ) async throws -> ServedFile {
        let refusal = AuditEntry(
            "version.fetch", namespace: reference.name.namespace.text, object: "model:\(reference)")
        let outcome = try await database.read { db -> Result<ServedFile, RegistryError> in
            do {
                return .success(try Self.servedFile(path, of: reference, caller, db))
            } catch let error as RegistryError {
                return .failure(error)
            }
        }
        if case .failure(let error) = outcome, error.code.isRefusal {
            // Reads leave no entry, refusals do.
            let _: ServedFile = try await write(caller, refusedAs: refusal) { _, _ in throw error }
        }
        return try outcome.get()
    }

    private static func servedFile(
        _ path: ArtifactPath, of reference: VersionReference, _ caller: Caller, _ db: Database
    ) throws -> ServedFile {
        let collection = try CollectionRows.require(.model, reference.name, db)
        try Authorization.require(.readApprovedBytes, caller, namespace: collection.namespace, db)
        let version = try VersionRows.require(reference.selector, in: collection, db)
        let state = try VersionRows.approval(of: version, db)
        if state != .approved, try !Authorization.has(.readBytes, caller, namespace: collection.namespace, db) {
            throw RegistryError(
                .versionNotApproved,
                "\(collection.name):\(version.number) is \(state.rawValue); this token fetches approved versions only")
        }
        let row = try Row.fetchOne(
            db, sql: "SELECT digest, size, media_type FROM artifact_files WHERE artifact = ? AND path = ?",
            arguments: [Data(version.artifact.bytes), path.text])
        guard let row else { throw RegistryError(.notFound, "\(reference) has no file \(path)") }
        return ServedFile(
            digest: try Digest(bytes: Array(row["digest"] as Data)), size: row["size"], mediaType: row["media_type"],
            version: version.number, versionDigest: version.digest)
    }
}

/// A file that may be sent.
package struct ServedFile: Sendable, Equatable {
    /// The digest of its bytes.
    package let digest: Digest
    /// Its length in bytes.
    package let size: Int64
    package let mediaType: String
    /// The number and digest of the version that it belongs to.
    package let version: Int
    package let versionDigest: Digest
}
