import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    private static let batch = 200

    /// Every recipe has its digest.
    mutating func checkRecipes() throws {
        try forEachRow("SELECT digest AS key, document FROM recipes", key: "digest") { fsck, row in
            let digest = try row.checkedDigest("key")
            fsck.report.recipes += 1
            fsck.expect("recipe:\(digest)", try row.checked("document"), digest)
        }
    }

    /// Every manifest has its digest, and the rows of the artifact's files say what it says.
    mutating func checkArtifacts() throws {
        try forEachRow(
            "SELECT digest AS key, manifest, total_size FROM artifacts LEFT JOIN artifact_manifests ON artifact = digest",
            key: "digest"
        ) { fsck, row in
            let digest = try row.checkedDigest("key")
            let manifest: Data = try row.checked("manifest")
            fsck.report.artifacts += 1
            fsck.expect("artifact:\(digest)", manifest, digest)
            let stored = try fsck.files(of: digest)
            guard let stored, try stored.canonicalBytes() == manifest,
                stored.totalSize == (try row.checked("total_size", as: Int64.self))
            else {
                return fsck.find(
                    "artifact:\(digest)", .contradiction, "the rows of its files do not say what its manifest says",
                    Self.restoreAdvice)
            }
        }
    }

    /// Throws nothing but database errors for rows that no manifest can hold; nil stands for them.
    private func files(of artifact: Digest) throws -> ArtifactManifest? {
        let rows = try database.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT path, digest, size, media_type, mode FROM artifact_files WHERE artifact = ?"),
                arguments: [Data(artifact.bytes)])
        }
        do {
            return try ArtifactManifest(
                rows.map { row in
                    guard let mode = ArtifactFile.Mode(rawValue: try row.checked("mode")) else {
                        throw RegistryError(.integrityFailure, "a file has an unknown mode")
                    }
                    return ArtifactFile(
                        path: try ArtifactPath(row.checked("path", as: String.self)), size: try row.checked("size"),
                        sha256: try row.checkedDigest("digest"), mediaType: try row.checked("media_type"), mode: mode)
                })
        } catch is RegistryError {
            return nil
        }
    }

    /// Notes a document that does not have its digest.
    mutating func expect(_ object: String, _ document: Data, _ digest: Digest) {
        if Digest.of(document) != digest {
            find(object, .wrongDigest, "the stored document does not have its digest", Self.restoreAdvice)
        }
    }

    /// Walks a table by its key in short reads; a row that cannot be understood is a finding.
    mutating func forEachRow(
        _ query: String, key: String, after start: DatabaseValue = Data().databaseValue,
        _ body: (inout Fsck, Row) throws -> Void
    ) throws {
        var last = start
        while true {
            let rows = try database.read { [last] db in
                try Row.fetchAll(
                    db.cachedStatement(sql: "\(query) WHERE \(key) > ? ORDER BY \(key) LIMIT \(Self.batch)"),
                    arguments: [last])
            }
            guard let end = rows.last else { return }
            for row in rows {
                do {
                    try body(&self, row)
                } catch let error as RegistryError where error.code != .internalError {
                    find(
                        "table:\(query.split(separator: " FROM ").last ?? "")", .unreadable, error.message,
                        Self.restoreAdvice)
                }
            }
            last = end["key"]
            try advance(0)
        }
    }
}
