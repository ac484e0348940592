import RegistryTypes
import Synchronization

/// Keeps two things from being done to the file of one blob at once: giving it its name, and taking it away.
///
/// Digests share a fixed number of locks by their first byte (invariant I15).
final class BlobLocks: Sendable {
    /// One lock, and how often each of its digests is being published.
    private final class Stripe: Sendable {
        let publications = Mutex<[Digest: Int]>([:])
    }

    private let stripes = (0..<256).map { _ in Stripe() }

    private func stripe(of digest: Digest) -> Stripe { stripes[Int(digest.bytes[0])] }

    /// Does some work while nobody else works on the file of the digest; the caller's thread waits.
    func withLock<Result>(_ digest: Digest, _ work: () throws -> Result) rethrows -> Result {
        try stripe(of: digest).publications.withLock { _ in try work() }
    }

    /// The same, but only if nobody is publishing the digest; nil otherwise.
    func withLockUnlessPublishing<Result>(_ digest: Digest, _ work: () throws -> Result) rethrows -> Result? {
        try stripe(of: digest).publications.withLock { try $0[digest] == nil ? work() : nil }
    }

    /// Says that a file gets its name now and its row soon.
    func beginPublishing(_ digest: Digest) {
        stripe(of: digest).publications.withLock { $0[digest, default: 0] += 1 }
    }

    /// Says that the row is committed, or will never be.
    func endPublishing(_ digest: Digest) {
        stripe(of: digest).publications.withLock { publications in
            let others = publications[digest, default: 1] - 1
            publications[digest] = others > 0 ? others : nil
        }
    }
}
