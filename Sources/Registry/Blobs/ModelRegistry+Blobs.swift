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
    /// of another namespace are like is nobody's business, not even as a warning. They are leased until the push is over.
    func requireBlobs(_ files: [ArtifactFile], _ run: RunDescription?, in namespace: ResourceName) async throws {
        let source = run?.recipe?.source ?? run?.source
        let others = [source?.bundle, source?.patch, run?.log].compactMap(\.self)
        let (now, grace) = (clock(), collectionGrace)
        let due = try await database.read { db in
            let id = try Namespaces.require(namespace, db)
            for file in files { try ArtifactRows.requireBlob(file.sha256, size: file.size, namespace: id, db) }
            for digest in others { try ArtifactRows.requireBlob(digest, namespace: id, db) }
            return try BlobLeases.due(
                Set(files.map(\.sha256) + others), at: CollectionClock.time(at: now, db), grace: grace, db)
        }
        try await renewLeases(due)
    }

    /// Throws `blob-corrupt` unless the store still has the bytes of all files: a version of damaged ones could be
    /// recorded and approved, and fetched by nobody. What is damaged is taken out of service, so that it can be sent anew.
    func requireIntact(_ files: [ArtifactFile]) async throws {
        var seen: Set<Digest> = []
        for file in files where seen.insert(file.sha256).inserted {
            let reader = try blobs.open(file.sha256, size: file.size)
            do {
                try await Blocking.run {
                    let read = VerifiedRead(reader)
                    while read.isHashing, !read.isComplete { _ = try read.advance(by: 1 << 24) }
                }
            } catch let error as RegistryError where error.code == .blobCorrupt {
                try await quarantine(reader)
                throw error
            }
        }
    }

    /// Publishes an upload whose bytes have all been written, and lets the namespace name them.
    ///
    /// The file is durable before the row is (invariant I1), and no collection comes between (I15). Throws
    /// `digest-mismatch` or `length-mismatch`.
    package func finishUpload(
        _ upload: BlobUpload, expecting digest: Digest, size: Int64?, in namespace: ResourceName, as caller: Caller
    ) async throws -> (record: BlobRecord, isNew: Bool) {
        let entry = AuditEntry("blob.put", namespace: namespace.text, object: "blob:\(digest)", digest: digest)
        let answer = try await publishing(digest) {
            try await Blocking.waitForDisk { _ = try upload.finish(expecting: digest, size: size) }
            let record = BlobRecord(sha256: digest, size: upload.size)
            return try await write(caller, refusedAs: entry) { db, now in
                let id = try Namespaces.require(namespace, for: .push, caller, db)
                let isNew = try insert(record, into: id, at: now, db)
                return isNew ? Written((record, true), entry) : Written(unchanged: (record, false))
            }
        }
        try requireFile(of: digest)
        return answer
    }

    /// Publishes bytes and commits their row, while no collection takes the file away for want of a row (invariant I15).
    ///
    /// Every write of a blob's row goes through here, from before the file has its name until after the commit.
    func publishing<Answer: Sendable>(
        _ digest: Digest, _ work: () async throws -> Answer
    ) async throws -> Answer {
        let store = blobs
        try await Blocking.run { store.beginPublishing(digest) }
        let result: Result<Answer, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        try await Blocking.run { store.endPublishing(digest) }
        return try result.get()
    }

    /// Throws unless published bytes are there still: the last word before an upload is acknowledged (invariant I15).
    func requireFile(of digest: Digest) throws {
        guard blobs.contains(digest) else {
            throw RegistryError(.internalError, "the bytes of \(digest) went while they were recorded; send them again")
        }
    }

    /// Records bytes that are durable, and that a namespace may name them; returns false if that changes nothing.
    ///
    /// The one place where bytes become known, and hence where damaged ones become whole again. They are leased, so that
    /// they stay until a push refers to them.
    func insert(_ blob: BlobRecord, into namespace: Int64, at now: Int64, _ db: Database) throws -> Bool {
        let digest = Data(blob.sha256.bytes)
        try db.execute(
            sql: "INSERT INTO blobs (digest, size, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [digest, blob.size, now])
        try BlobLeases.renew([blob.sha256], until: CollectionClock.time(at: now, db) + collectionGrace, db)
        try db.execute(
            sql: "INSERT INTO namespace_blobs (namespace_id, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [namespace, digest])
        let isNew = db.changesCount > 0
        return try Self.repair(blob.sha256, at: now, db) || isNew
    }

    /// Opens bytes that the namespace may name; `not-found` otherwise, whether or not another namespace has them.
    ///
    /// - Parameter forPush: whether they are only asked for, by somebody who may be about to push them. They are leased
    ///   then, so that the push finds them, and may be those of a removed version.
    package func openBlob(
        _ digest: Digest, in namespace: ResourceName, forPush: Bool = false, as caller: Caller
    ) async throws -> BlobReader {
        let refusal = AuditEntry("blob.fetch", namespace: namespace.text, object: "blob:\(digest)", digest: digest)
        let (now, grace) = (clock(), collectionGrace)
        let (size, due) = try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .readBytes, caller, db)
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT size, \(BlobKeeper.isOfRemovedVersionsOnly) AS removed FROM blobs
                        JOIN namespace_blobs ON namespace_blobs.digest = blobs.digest
                        WHERE namespace_id = ? AND blobs.digest = ?
                        """), arguments: [id, Data(digest.bytes)])
            guard let row else {
                throw RegistryError(.notFound, "the namespace \(namespace) holds no bytes with the digest \(digest)")
            }
            guard forPush, try Authorization.has(.push, caller, namespace: id, db) else {
                guard !row["removed"] else {
                    throw RegistryError(.versionRemoved, "\(digest) belongs to a version that was removed")
                }
                return (row["size"] as Int64, [Digest]())
            }
            return (row["size"], try BlobLeases.due([digest], at: CollectionClock.time(at: now, db), grace: grace, db))
        }
        try await renewLeases(due)
        return try blobs.open(digest, size: size)
    }
}
