import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// 16 MiB of the disk that nobody may use, until it is full: then they are given back, so that deletes, decisions and
/// audit entries still commit (invariant I6).
package final class Ballast: Sendable {
    /// How much is kept.
    static let size: Int64 = 16 << 20
    /// What stays free beside it when it is made; without this it would fill the disk itself.
    private static let slack: Int64 = 4 << 20

    private let path: String
    private let reserve: SpaceReserve
    private let isThere: Mutex<Bool>

    init(path: String, reserve: SpaceReserve) {
        self.path = path
        self.reserve = reserve
        var status = stat()
        isThere = Mutex(stat(path, &status) == 0 && Int64(status.st_blocks) * 512 >= Self.size)
    }

    /// Whether the room was given back, and is not there again.
    package var isSpent: Bool { isThere.withLock { !$0 } }

    /// Whether a few bytes more would not fit on the disk or into the quota now.
    package var isDiskFull: Bool {
        let probe = path + ".probe"
        let descriptor = openFile(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { return [ENOSPC, EDQUOT].contains(errno) }
        defer {
            close(descriptor)
            unlink(probe)
        }
        let bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return (count < 0 && [ENOSPC, EDQUOT].contains(errno)) || (0..<bytes.count).contains(count)
    }

    /// Gives the room back; returns false if that was done before.
    package func spend() -> Bool {
        isThere.withLock { isThere in
            guard isThere else { return false }
            isThere = false
            return unlink(path) == 0
        }
    }

    /// Takes the room again if there is enough.
    package func refill() {
        isThere.withLock { isThere in
            guard !isThere, reserve.free >= Self.size + Self.slack else { return }
            let descriptor = openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
            guard descriptor >= 0 else { return }
            isThere = posix_fallocate(descriptor, 0, off_t(Self.size)) == 0
            close(descriptor)
            if !isThere { unlink(path) }
        }
    }
}
