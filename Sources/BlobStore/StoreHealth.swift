package import RegistryTypes
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whether the store may be written; once a durable write has failed, it answers reads only, until it is restarted.
///
/// After a failed fsync the kernel may call pages clean that never reached the disk, and a second fsync would lie
/// (invariant I4). So nothing is tried again: the next start reads back what was written last.
package final class StoreHealth: Sendable {
    private struct State {
        var fault: RegistryError?
        var doubted: Set<Digest> = []
        var unproven: Set<Digest> = []
        var observer: (@Sendable (RegistryError) -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// What made the store degraded, as the error of every write since; nil as long as it is sound.
    package var fault: RegistryError? { state.withLock { $0.fault } }

    /// Throws `store-degraded` or `database-corrupt` once the store has failed.
    package func requireWritable() throws {
        if let fault { throw fault }
    }

    /// Marks the store; the first fault stays, and the observer hears of it.
    package func degrade(_ fault: RegistryError) {
        let observer = state.withLock { state in
            guard state.fault == nil else { return nil as (@Sendable (RegistryError) -> Void)? }
            state.fault = fault
            return state.observer
        }
        observer?(fault)
    }

    /// Tells about the first fault, at once if it is there already.
    package func observe(_ observer: @escaping @Sendable (RegistryError) -> Void) {
        let fault = state.withLock { state in
            state.observer = observer
            return state.fault
        }
        if let fault { observer(fault) }
    }

    /// Blobs whose bytes were found to be other ones: they are not served.
    package var doubted: Set<Digest> { state.withLock { $0.doubted } }

    /// Serves a blob no more, until the same bytes are pushed again.
    package func doubt(_ digest: Digest) { state.withLock { _ = $0.doubted.insert(digest) } }

    /// Blobs that were written shortly before the last end: nothing relies on their bytes until they were read back.
    package var unproven: Set<Digest> { state.withLock { $0.unproven } }

    /// Has the bytes of blobs read back from the disk by whoever reads them first.
    package func requireProof(of digests: some Sequence<Digest>) { state.withLock { $0.unproven.formUnion(digests) } }

    /// Notes that the bytes of a blob were read back, whatever they were.
    package func endProof(of digest: Digest) { state.withLock { _ = $0.unproven.remove(digest) } }

    /// Serves a blob again, whose bytes were just written.
    func trust(_ digest: Digest) {
        state.withLock { state in
            state.doubted.remove(digest)
            state.unproven.remove(digest)
        }
    }

    /// Whether an errno says that descriptors or memory are lacking, and nothing of the disk.
    static func isLack(_ number: Int32) -> Bool { [EMFILE, ENFILE, ENOMEM].contains(number) }

    /// Whether a file of a folder could not be opened now for lack of descriptors or memory.
    package static func isLacking(in folder: String) -> Bool {
        let descriptor = openFile(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return isLack(errno) }
        close(descriptor)
        return false
    }

    /// The error of a system call of a durable write that has just failed.
    ///
    /// A full disk, a full quota and a lack of descriptors or memory leave everything as it was; all else degrades.
    func failure(_ what: String) -> RegistryError {
        let number = errno
        let text = "\(what): \(String(cString: strerror(number)))"
        switch number {
        case ENOSPC, EDQUOT:
            return RegistryError(.storageFull, "the disk of the data folder is full; \(text)")
        case let number where Self.isLack(number):
            return RegistryError(.busy, text)
        default:
            let fault = RegistryError(
                .storeDegraded,
                "a write to the disk has failed, and the store only answers reads now: \(text). Look at the disk, then "
                    + "restart the server")
            degrade(fault)
            return fault
        }
    }
}
