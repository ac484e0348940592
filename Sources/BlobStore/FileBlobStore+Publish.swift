import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension FileBlobStore {
    /// Gives a file whose bytes are synced its final name, durably: the last steps of a write (invariant I1).
    func publish(_ path: String, as digest: Digest) throws {
        let final = self.path(of: digest)
        try locks.withLock(digest) {
            guard rename(path, final) == 0 else {
                let error = health.failure("cannot rename to \(final)")
                unlink(path)
                throw error
            }
            FailurePoint.blobFileRenamed.reached()
            try Self.syncFolder(String(final.dropLast(digest.hex.count + 1)), health)
            FailurePoint.blobFolderSynced.reached()
            health.trust(digest)
        }
    }
}
