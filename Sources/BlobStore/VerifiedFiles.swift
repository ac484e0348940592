import RegistryTypes
import Synchronization

/// Remembers which files were hashed and found right, and in which state they were then.
///
/// Whoever changes a file through the file system changes its state too, and it is hashed again. What changes below it,
/// on the disk itself, does not: hence the limit in time.
final class VerifiedFiles: Sendable {
    /// How long a file that nobody wrote to counts as right.
    private static let lifetime = Duration.seconds(24 * 3600)
    /// More files than this are not remembered.
    private static let mostFiles = 100_000

    private struct Entry {
        let identity: FileIdentity
        let time: ContinuousClock.Instant
    }

    private let entries = Mutex<[Digest: Entry]>([:])

    /// Whether the file was right in this state, within the last day.
    func contains(_ digest: Digest, _ identity: FileIdentity, at now: ContinuousClock.Instant = .now) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[digest] else { return false }
            return entry.identity == identity && now - entry.time < Self.lifetime
        }
    }

    /// Notes that the file had the right bytes.
    func insert(_ digest: Digest, _ identity: FileIdentity, at now: ContinuousClock.Instant = .now) {
        entries.withLock { entries in
            if entries.count >= Self.mostFiles { entries.removeAll() }
            entries[digest] = Entry(identity: identity, time: now)
        }
    }
}
