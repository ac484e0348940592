import Dispatch
import RegistryTypes

/// Computes a content digest on a thread of its own, while the caller does something else with the same bytes.
///
/// Hashing takes longer than everything else that a comparison does with bytes that are equal; beside it, the statistics
/// cost no time.
final class HashingLane: @unchecked Sendable {
    // Unchecked because of the hasher: only the queue touches it while it has work, and only the caller otherwise.
    private var hasher: ContentHasher
    private let queue = DispatchQueue(label: "content-hash")
    private var isBusy = false

    /// Handing over fewer bytes costs more than hashing them.
    private static let smallest = 64 << 10

    /// Continues a digest.
    init(_ hasher: ContentHasher = ContentHasher()) {
        self.hasher = hasher
    }

    /// A lane that has seen the same.
    func fork() -> HashingLane {
        settle()
        return HashingLane(hasher)
    }

    /// Begins a tensor.
    func begin(_ tensor: Tensor) throws {
        settle()
        try hasher.begin(tensor)
    }

    /// Adds elements, which must stay valid until `settle` returns.
    func add(_ bytes: UnsafeRawBufferPointer) {
        settle()
        guard bytes.count >= Self.smallest else { return hasher.update(bytes) }
        isBusy = true
        // Only read, here and there; the caller keeps them until `settle`.
        nonisolated(unsafe) let bytes = bytes
        queue.async { [self] in hasher.update(bytes) }
    }

    /// Waits until the bytes that were added are no longer needed.
    func settle() {
        guard isBusy else { return }
        queue.sync {}
        isBusy = false
    }

    /// The digest of everything so far.
    func finish() -> Digest {
        settle()
        return hasher.finish()
    }
}
