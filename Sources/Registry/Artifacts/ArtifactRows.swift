import Foundation
import GRDB
import RegistryTypes

/// The rows of artifacts and their files.
enum ArtifactRows {
    /// Records an artifact whose files the namespace holds; the same artifact twice is one.
    ///
    /// Throws `blob-unknown` for the first file that was not uploaded to the namespace, `length-mismatch` for one of
    /// another length than declared.
    static func insert(_ manifest: ArtifactManifest, namespace: Int64, at now: Int64, _ db: Database) throws -> Digest {
        let digest = try manifest.digest()
        let bytes = Data(digest.bytes)
        for file in manifest.files { try requireBlob(file.sha256, size: file.size, namespace: namespace, db) }
        let isKnown = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM artifacts WHERE digest = ?)"), arguments: [bytes])
        if isKnown == true { return digest }
        try db.execute(
            sql: "INSERT INTO artifacts (digest, total_size, created_at) VALUES (?, ?, ?)",
            arguments: [bytes, manifest.totalSize, now])
        try db.execute(
            sql: "INSERT INTO artifact_manifests (artifact, manifest) VALUES (?, ?)",
            arguments: [bytes, try manifest.canonicalBytes()])
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO artifact_files (artifact, path, digest, size, media_type, mode) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for file in manifest.files {
            try statement.execute(arguments: [
                bytes, file.path.text, Data(file.sha256.bytes), file.size, file.mediaType, file.mode.rawValue,
            ])
        }
        return digest
    }

    /// The files of an artifact, by path.
    static func files(of artifact: Digest, _ db: Database) throws -> [ArtifactFile] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT path, digest, size, media_type, mode FROM artifact_files WHERE artifact = ? ORDER BY path"),
            arguments: [Data(artifact.bytes)]
        ).map { row in
            ArtifactFile(
                path: try ArtifactPath(row["path"] as String), size: row["size"],
                sha256: try Digest(bytes: Array(row["digest"] as Data)), mediaType: row["media_type"],
                mode: ArtifactFile.Mode(rawValue: row["mode"]) ?? .file)
        }
    }

    /// Throws `blob-unknown` unless the namespace holds the bytes undamaged (invariant I13), `length-mismatch` unless
    /// they are as long as said.
    static func requireBlob(_ digest: Digest, size: Int64? = nil, namespace: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT size FROM namespace_blobs JOIN blobs USING (digest) WHERE namespace_id = ? AND digest = ?
                    AND digest NOT IN (SELECT digest FROM corrupt_blobs)
                """)
        guard let stored = try Int64.fetchOne(statement, arguments: [namespace, Data(digest.bytes)]) else {
            throw RegistryError(
                .blobUnknown,
                "the bytes of \(digest) have not been uploaded to this namespace, or were damaged since; upload them first"
            )
        }
        guard size == nil || size == stored else {
            throw RegistryError(.lengthMismatch, "\(digest) has \(stored) bytes, not \(size ?? 0)")
        }
    }
}
