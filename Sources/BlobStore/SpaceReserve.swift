import RegistryTypes
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps a part of the disk free: an upload that would not leave it is refused before its body is read (invariant I5).
package final class SpaceReserve: Sendable {
    private struct Expected {
        /// The lengths of the bodies that are coming in.
        var claimed: Int64 = 0
        /// What of them is on the disk already.
        var written: Int64 = 0
    }

    private let folder: String
    /// Bytes that uploads leave free.
    package let minimum: Int64
    private let expected = Mutex(Expected())

    /// - Parameter minimum: in bytes; by default 1 GiB or 2 % of the disk, whichever is more.
    init(folder: String, minimum: Int64?) {
        self.folder = folder
        self.minimum = minimum ?? max(1 << 30, Self.status(of: folder).total / 50)
    }

    /// Bytes that the disk still takes.
    package var free: Int64 { Self.status(of: folder).free }

    /// Counts a body that is announced; throws `storage-full` if it would not leave the reserve. `release` it later.
    package func claim(_ size: Int64) throws {
        let free = free
        try expected.withLock { expected in
            let coming = max(0, expected.claimed - expected.written)
            let (left, overflow) = free.subtractingReportingOverflow(coming + minimum)
            guard !overflow, size <= left else {
                throw RegistryError(
                    .storageFull,
                    "\(size) bytes are too many: the disk of the data folder has \(free) bytes free, \(coming) are "
                        + "coming in and \(minimum) are kept free; make room and send it again",
                    details: ["freeBytes": String(free), "reserveBytes": String(minimum)])
            }
            expected.claimed += size
        }
    }

    /// Forgets a body that was counted.
    package func release(_ size: Int64) { expected.withLock { $0.claimed -= size } }

    /// Counts bytes of bodies that were written; negative when their upload ends.
    func wrote(_ count: Int64) { expected.withLock { $0.written += count } }

    private static func status(of folder: String) -> (free: Int64, total: Int64) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return (0, 0) }
        let block = Int64(clamping: status.f_frsize)
        return (Int64(clamping: status.f_bavail) * block, Int64(clamping: status.f_blocks) * block)
    }
}
