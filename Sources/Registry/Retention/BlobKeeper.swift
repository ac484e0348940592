import Foundation
import GRDB
import RegistryTypes

/// What keeps bytes in the store: the roots of a collection, then what is only a matter of time.
struct BlobKeeper: Sendable {
    /// As reports name it.
    let reason: String
    /// Whether it keeps the blob in `blobs`; may use the arguments `now` and `grace`.
    let condition: String
    /// Whether it refers to the bytes, rather than giving them time.
    let isRoot: Bool

    private static let fileOfVersion = """
        SELECT 1 FROM artifact_files AS file JOIN versions ON versions.artifact = file.artifact
        """

    /// The first one that applies is the reason.
    static let all: [BlobKeeper] = [
        BlobKeeper(
            reason: "version",
            condition: """
                EXISTS (\(fileOfVersion)
                        WHERE file.digest = blobs.digest AND \(VersionRows.isPresent("versions.id")))
                """, isRoot: true),
        BlobKeeper(
            reason: "evidence",
            condition: """
                EXISTS (SELECT 1 FROM runs WHERE source_bundle = blobs.digest)
                OR EXISTS (SELECT 1 FROM runs WHERE source_patch = blobs.digest)
                OR EXISTS (SELECT 1 FROM runs WHERE log = blobs.digest)
                """, isRoot: true),
        BlobKeeper(
            reason: "input",
            condition: """
                EXISTS (\(fileOfVersion)
                        JOIN run_inputs ON run_inputs.version_id = versions.id
                        JOIN versions AS made ON made.run_id = run_inputs.run_id
                        WHERE file.digest = blobs.digest AND \(VersionRows.isPresent("made.id")))
                """, isRoot: true),
        BlobKeeper(
            reason: "reproduction",
            condition: """
                EXISTS (SELECT 1 FROM reproduction_uploads AS upload
                        JOIN reproductions ON reproductions.id = upload.reproduction_id
                        WHERE upload.digest = blobs.digest AND state IN ('queued', 'running'))
                """, isRoot: true),
        BlobKeeper(
            reason: "outputs",
            condition: """
                EXISTS (SELECT 1 FROM artifact_files AS file
                        JOIN reproduction_outputs ON reproduction_outputs.artifact = file.artifact
                        WHERE file.digest = blobs.digest AND keep_until > :now)
                """, isRoot: false),
        BlobKeeper(
            reason: "lease",
            condition: """
                EXISTS (SELECT 1 FROM blob_leases WHERE blob_leases.digest = blobs.digest AND until > :now)
                """, isRoot: false),
        BlobKeeper(reason: "grace", condition: "blobs.created_at > :now - :grace", isRoot: false),
    ]

    /// The reasons that refer to bytes.
    static let roots = Set(all.filter(\.isRoot).map(\.reason))

    /// The reason why a blob is kept, NULL if nothing keeps it.
    static let expression =
        "CASE " + all.map { "WHEN \($0.condition) THEN '\($0.reason)'" }.joined(separator: " ") + " END"

    /// The reason why a blob is kept, as things are now; nil if nothing keeps it.
    static func reason(for digest: Digest, at now: Int64, grace: Int64, _ db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT \(expression) FROM blobs WHERE digest = :digest"),
            arguments: ["now": now, "grace": grace, "digest": Data(digest.bytes)])
    }

    /// Whether bytes belong to removed versions only: they are no longer served, although they are still there.
    static let isOfRemovedVersionsOnly = """
        EXISTS (\(fileOfVersion) WHERE file.digest = blobs.digest) AND NOT (\(all[0].condition))
        AND NOT (\(all[1].condition))
        """
}
