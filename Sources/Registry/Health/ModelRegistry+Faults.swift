import BlobStore
package import RegistryTypes

extension ModelRegistry {
    /// Throws `store-degraded` or `database-corrupt` once the disk or the database has failed: only reads go on then.
    package func requireWritable() throws { try blobs.health.requireWritable() }

    /// Tells when the store fails, at once if it has.
    package func observeFault(_ observer: @escaping @Sendable (RegistryError) -> Void) {
        blobs.health.observe(observer)
    }

    /// Blobs that are not served, because their bytes are other ones.
    package var doubtedBlobs: Set<Digest> { blobs.health.doubted }
}
