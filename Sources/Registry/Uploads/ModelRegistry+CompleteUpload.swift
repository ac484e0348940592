import AuditLog
import BlobStore
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Checks all bytes of a session, publishes them and lets the namespace name them; the session ends.
    ///
    /// Asked again after a lost reply, the answer is the same. Throws `conflict` with the missing ranges, or
    /// `digest-mismatch`: the session is then gone, for nobody knows which of its bytes are wrong.
    package func completeUpload(
        _ id: RunID, in namespace: ResourceName, as caller: Caller
    ) async throws -> BlobRecord {
        let found = try await requireUpload(id, in: namespace, as: caller)
        if found.isComplete { return BlobRecord(sha256: found.digest, size: found.size) }
        try claims.claim(found.whole, of: id)
        defer { claims.release(found.whole, of: id) }
        let upload = try await requireUpload(id, in: namespace, as: caller)
        if upload.isComplete { return BlobRecord(sha256: upload.digest, size: upload.size) }
        try Self.requireAll(upload)
        let blob = try await publishing(upload.digest) {
            try await publish(upload)
            return try await record(upload, in: namespace, as: caller)
        }
        try requireFile(of: blob.sha256)
        return blob
    }

    private static func requireAll(_ upload: UploadRows) throws {
        let missing = upload.received.gaps(in: 0..<upload.size)
        guard missing.isEmpty else {
            throw RegistryError(
                .conflict, "bytes are missing: \(missing.listed); send them, then complete the upload",
                details: ["missing": missing.listed])
        }
    }

    private func publish(_ upload: UploadRows) async throws {
        let file = blobs.session(upload.id)
        do {
            try await Blocking.run { try file.publish(as: upload.digest, size: upload.size) }
        } catch let error as RegistryError where error.code == .digestMismatch {
            try await discard(upload.id)
            throw error
        }
    }

    private func record(
        _ upload: UploadRows, in namespace: ResourceName, as caller: Caller
    ) async throws -> BlobRecord {
        let blob = BlobRecord(sha256: upload.digest, size: upload.size)
        let entry = AuditEntry(
            "blob.put", namespace: namespace.text, object: "blob:\(blob.sha256)", digest: blob.sha256)
        return try await write(caller, refusedAs: entry) { db, now in
            let namespace = try Namespaces.require(namespace, for: .push, caller, db)
            try db.execute(
                sql: "UPDATE uploads SET completed_at = ?, used_at = ? WHERE id = ?",
                arguments: [now, now, upload.id.text])
            let isNew = try insert(blob, into: namespace, at: now, db)
            return isNew ? Written(blob, entry) : Written(unchanged: blob)
        }
    }
}
