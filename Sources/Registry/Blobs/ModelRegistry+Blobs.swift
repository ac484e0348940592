import AuditLog
package import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Throws unless the caller may push bytes to the namespace; asked before the body of an upload is read.
    package func checkMayPush(to namespace: ResourceName, as caller: Caller) async throws {
        try await requireMayPush(
            to: namespace, as: caller,
            refusedAs: AuditEntry("blob.put", namespace: namespace.text, object: "namespace:\(namespace)"))
    }

    /// Throws unless the caller may push to the namespace, before anything that takes long is done for it.
    func requireMayPush(to namespace: ResourceName, as caller: Caller, refusedAs refusal: AuditEntry) async throws {
        try await read(caller, refusedAs: refusal) { db in
            _ = try Namespaces.require(namespace, for: .push, caller, db)
        }
    }

    /// Throws unless the namespace holds all bytes that a push names, before any of them is looked into: what the bytes
    /// of another namespace are like is nobody's business, not even as a warning.
    func requireBlobs(_ files: [ArtifactFile], _ run: RunDescription?, in namespace: ResourceName) async throws {
        let source = run?.recipe?.source ?? run?.source
        try await database.read { db in
            let id = try Namespaces.require(namespace, db)
            for file in files { try ArtifactRows.requireBlob(file.sha256, size: file.size, namespace: id, db) }
            for digest in [source?.bundle, source?.patch, run?.log].compactMap(\.self) {
                try ArtifactRows.requireBlob(digest, namespace: id, db)
            }
        }
    }

    /// Publishes an upload whose bytes have all been written, and lets the namespace name them.
    ///
    /// The file is durable before the row is (invariant I1). Throws `digest-mismatch` or `length-mismatch`.
    package func finishUpload(
        _ upload: BlobUpload, expecting digest: Digest, size: Int64?, in namespace: ResourceName, as caller: Caller
    ) async throws -> (record: BlobRecord, isNew: Bool) {
        try await Blocking.run { _ = try upload.finish(expecting: digest, size: size) }
        let record = BlobRecord(sha256: digest, size: upload.size)
        let entry = AuditEntry("blob.put", namespace: namespace.text, object: "blob:\(digest)", digest: digest)
        return try await write(caller, refusedAs: entry) { db, now in
            let id = try Namespaces.require(namespace, for: .push, caller, db)
            let isNew = try Self.insert(record, into: id, at: now, db)
            return isNew ? Written((record, true), entry) : Written(unchanged: (record, false))
        }
    }

    /// Records bytes that are durable, and that a namespace may name them; returns false if that changes nothing.
    ///
    /// The one place where bytes become known, and hence where damaged ones become whole again.
    static func insert(_ blob: BlobRecord, into namespace: Int64, at now: Int64, _ db: Database) throws -> Bool {
        let digest = Data(blob.sha256.bytes)
        try db.execute(
            sql: "INSERT INTO blobs (digest, size, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [digest, blob.size, now])
        try db.execute(
            sql: "INSERT INTO namespace_blobs (namespace_id, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [namespace, digest])
        let isNew = db.changesCount > 0
        return try repair(blob.sha256, at: now, db) || isNew
    }

    /// Opens bytes that the namespace may name; `not-found` otherwise, whether or not another namespace has them.
    package func openBlob(_ digest: Digest, in namespace: ResourceName, as caller: Caller) async throws -> BlobReader {
        let refusal = AuditEntry("blob.fetch", namespace: namespace.text, object: "blob:\(digest)", digest: digest)
        let size = try await read(caller, refusedAs: refusal) { db -> Int64? in
            let id = try Namespaces.require(namespace, for: .readBytes, caller, db)
            return try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT size FROM namespace_blobs JOIN blobs USING (digest) WHERE namespace_id = ? AND digest = ?
                        """), arguments: [id, Data(digest.bytes)])
        }
        guard let size else {
            throw RegistryError(.notFound, "the namespace \(namespace) holds no bytes with the digest \(digest)")
        }
        return try blobs.open(digest, size: size)
    }
}
