import Foundation
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Leases bytes that a pusher asked for, so that they are still there when the push refers to them.
    ///
    /// Throws `not-found` where they went just now. Who may not push has nothing leased: a reader asks for other reasons.
    func leaseForPush(_ digest: Digest, in namespace: ResourceName, as caller: Caller) async throws {
        let id = try await database.read { db -> Int64? in
            let id = try Namespaces.require(namespace, db)
            return try Authorization.has(.push, caller, namespace: id, db) ? id : nil
        }
        guard let id else { return }
        do {
            try await lease([digest], in: id)
        } catch let error as RegistryError where error.code == .blobUnknown {
            throw RegistryError(.notFound, error.message)
        }
    }

    /// Leases bytes of a namespace. Written only where less than half of the time is left.
    func lease(_ digests: Set<Digest>, in namespace: Int64) async throws {
        let (now, grace) = (clock(), collectionGrace)
        let due = try await database.read { db in
            try BlobLeases.due(digests, at: CollectionClock.time(at: now, db), grace: grace, db)
        }
        guard !due.isEmpty else { return }
        try await keepBooks { db, now in
            for digest in due { try ArtifactRows.requireBlob(digest, namespace: namespace, db) }
            try BlobLeases.renew(due, until: CollectionClock.time(at: now, db) + grace, db)
        }
    }
}
