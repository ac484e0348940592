import Synchronization

/// Told how many bytes of how many have been transferred; called from any task, in no fixed rhythm.
public typealias TransferProgress = @Sendable (_ done: Int64, _ total: Int64) -> Void

/// Adds up the progress of several transfers; a class because its tasks share one sum.
public final class TransferTally: Sendable {
    private let parts: Mutex<[Int: Int64]> = Mutex([:])
    private let total: Int64
    private let report: TransferProgress?

    /// Starts at zero.
    public init(total: Int64, report: TransferProgress?) {
        self.total = total
        self.report = report
    }

    /// Sets how far one transfer has come; it may go back when a transfer starts again.
    public func set(_ part: Int, to done: Int64) {
        guard let report else { return }
        let sum = parts.withLock { parts in
            parts[part] = done
            return parts.values.reduce(0, +)
        }
        report(sum, total)
    }
}
