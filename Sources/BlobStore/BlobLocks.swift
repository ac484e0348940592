import RegistryTypes
import Synchronization

/// Keeps two things from being done to the file of one blob at once: giving it its name, and taking it away.
///
/// Digests share a fixed number of locks by their first byte (invariant I15).
final class BlobLocks: Sendable {
    private final class Stripe: Sendable {
        let mutex = Mutex(())
    }

    private let stripes = (0..<256).map { _ in Stripe() }

    /// Does some work while nobody else works on the file of the digest; the caller's thread waits.
    func withLock<Result>(_ digest: Digest, _ work: () throws -> Result) rethrows -> Result {
        try stripes[Int(digest.bytes[0])].mutex.withLock { _ in try work() }
    }
}
