import AuditLog
import BlobStore
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The most upload sessions that one principal has open at a time.
    package static let mostUploads = 256
    /// The most bytes of one upload session: 1 TiB.
    package static let largestUpload: Int64 = 1 << 40

    /// Opens an upload session, or finds the caller's open one for the same bytes.
    ///
    /// Bytes that the namespace holds need none; that another namespace holds them is not looked at.
    package func createUpload(
        _ upload: CreateUpload, in namespace: ResourceName, as caller: Caller
    ) async throws -> (record: UploadRecord, isNew: Bool) {
        try await checkMayPush(to: namespace, as: caller)
        try Self.checkSize(upload.size)
        if let held = try await heldUpload(upload, in: namespace) { return (held, false) }
        try await expireUploads()
        let id = RunID(at: clock())
        let file = blobs.session(id)
        // Durable before its row: a session without a file could keep no promise.
        try await Blocking.run { try file.make() }
        do {
            let found = try await keepBooks { db, now in
                try Self.openUpload(id, upload, namespace, caller, at: now, db)
            }
            FailurePoint.sessionOpened.reached()
            if found.id != id { file.remove() }
            return (found, found.id == id)
        } catch {
            file.remove()
            throw error
        }
    }

    /// How far a session has come.
    package func upload(_ id: RunID, in namespace: ResourceName, as caller: Caller) async throws -> UploadRecord {
        try await requireUpload(id, in: namespace, as: caller).record
    }

    /// Gives a session up, with what it received; `conflict` while something of it is received.
    package func abandonUpload(_ id: RunID, in namespace: ResourceName, as caller: Caller) async throws {
        let upload = try await requireUpload(id, in: namespace, as: caller)
        try claims.claim(upload.whole, of: id)
        defer { claims.release(upload.whole, of: id) }
        try await discard(id)
    }

    /// The row of a session, for its owner.
    func requireUpload(_ id: RunID, in namespace: ResourceName, as caller: Caller) async throws -> UploadRows {
        let refusal = AuditEntry("blob.put", namespace: namespace.text, object: "namespace:\(namespace)")
        let now = clock()
        return try await read(caller, refusedAs: refusal) { db in
            let namespace = try Namespaces.require(namespace, for: .push, caller, db)
            return try UploadRows.require(id, namespace: namespace, of: caller.principal, at: now, db)
        }
    }

    /// Ends a session: the row goes before the file.
    func discard(_ id: RunID) async throws {
        try await keepBooks { db, _ in try UploadRows.remove(id, db) }
        blobs.session(id).remove()
    }

    private static func checkSize(_ size: Int64) throws {
        guard size >= 0 else { throw RegistryError(.invalidRequest, "a size is not negative") }
        guard size <= largestUpload else {
            throw RegistryError(
                .payloadTooLarge, "an upload has at most \(largestUpload) bytes; split the file into smaller ones")
        }
    }

    /// The answer for bytes that the namespace holds; nil for others, and for those whose file was lost.
    private func heldUpload(_ upload: CreateUpload, in namespace: ResourceName) async throws -> UploadRecord? {
        let size = try await database.read { db in
            try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT size FROM namespace_blobs JOIN blobs USING (digest) WHERE digest = ? AND namespace_id = ?
                        """),
                arguments: [Data(upload.sha256.bytes), try Namespaces.require(namespace, db)])
        }
        guard let size else { return nil }
        guard size == upload.size else {
            throw RegistryError(.lengthMismatch, "\(upload.sha256) has \(size) bytes, not \(upload.size)")
        }
        guard (try? blobs.open(upload.sha256, size: size)) != nil else { return nil }
        return UploadRecord(
            id: nil, sha256: upload.sha256, size: size, received: size > 0 ? [ByteExtent(0..<size)] : [],
            partSize: UploadRows.partSize, expiresAt: nil, complete: true)
    }

    private static func openUpload(
        _ id: RunID, _ upload: CreateUpload, _ namespace: ResourceName, _ caller: Caller, at now: Int64, _ db: Database
    ) throws -> UploadRecord {
        let namespace = try Namespaces.require(namespace, db)
        if let open = try UploadRows.find(upload, namespace: namespace, of: caller.principal, db) {
            try UploadRows.touch(open.id, at: now, db)
            return try UploadRows.require(open.id, namespace: namespace, of: caller.principal, at: now, db).record
        }
        guard try UploadRows.count(of: caller.principal, db) < mostUploads else {
            throw RegistryError(
                .tooManyUploads,
                "\(mostUploads) uploads of this principal are open; complete or abandon some, or wait a day")
        }
        try db.execute(
            sql:
                "INSERT INTO uploads (id, namespace_id, principal_id, digest, size, used_at) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [id.text, namespace, caller.principal, Data(upload.sha256.bytes), upload.size, now])
        return try UploadRows.require(id, namespace: namespace, of: caller.principal, at: now, db).record
    }
}
