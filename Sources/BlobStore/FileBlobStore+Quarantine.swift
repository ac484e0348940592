import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension FileBlobStore {
    /// A blob that is not as it was stored.
    package struct Damage: Sendable {
        /// What is wrong.
        package let problem: BlobProblem
        /// The state of the file that is wrong; nil where there is none.
        package let identity: FileIdentity?

        /// Describes what was found.
        package init(_ problem: BlobProblem, _ identity: FileIdentity?) {
            self.problem = problem
            self.identity = identity
        }
    }

    /// Looks at the file of a blob without reading it; nil if it is there and has its length.
    package func damage(of digest: Digest, size: Int64) -> Damage? {
        var status = stat()
        guard lstat(path(of: digest), &status) == 0 else {
            return Damage(errno == ENOENT ? .missing : .unreadable, nil)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return Damage(.unreadable, FileIdentity(status)) }
        return status.st_size == size ? nil : Damage(.wrongLength, FileIdentity(status))
    }

    /// Moves a damaged file away, durably, unless another one took its place since; returns whether it was moved.
    ///
    /// Nothing is ever served from the quarantine, and nothing deletes what is there.
    package func quarantine(_ digest: Digest, _ identity: FileIdentity) throws -> Bool {
        try locks.withLock(digest) {
            var status = stat()
            guard lstat(path(of: digest), &status) == 0, FileIdentity(status) == identity else { return false }
            guard mkdir(quarantined, 0o750) == 0 || errno == EEXIST else {
                throw RegistryError.system("cannot make \(quarantined)")
            }
            let target = "\(quarantined)/\(digest.hex)-\(RunID(at: Int64(Date().timeIntervalSince1970 * 1000)))"
            guard rename(path(of: digest), target) == 0 else {
                throw RegistryError.system("cannot rename to \(target)")
            }
            try Self.syncFolder(quarantined)
            try Self.syncFolder("\(blobs)/\(digest.hex.prefix(2))")
            return true
        }
    }
}
