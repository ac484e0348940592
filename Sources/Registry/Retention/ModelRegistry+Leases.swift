import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Leases bytes that somebody is about to push, for one grace (invariant I15).
    ///
    /// Ask `BlobLeases.due` first, in the read that looks for the bytes anyway: most leases need no write. Throws
    /// `blob-unknown` where the bytes went since.
    func renewLeases(_ due: [Digest]) async throws {
        let grace = collectionGrace
        for batch in due.batches(of: Self.bookBatch) {
            try await keepBooks { db, now in
                for digest in batch {
                    guard try BlobRows.exists(digest, db) else {
                        throw RegistryError(
                            .blobUnknown, "the bytes of \(digest) are no longer here; upload them again")
                    }
                }
                try BlobLeases.renew(batch, until: CollectionClock.time(at: now, db) + grace, db)
            }
        }
    }
}

extension Array {
    /// The elements in groups of at most so many.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
