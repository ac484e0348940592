import RegistryTypes
import Synchronization

/// Wakes whoever carries out upkeep, and knows how far the work is. The queue itself is the database.
package final class UpkeepQueue: Sendable {
    /// A signal whenever there may be something to do.
    package let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let running = Mutex<(id: RunID, progress: UpkeepRecord.Progress)?>(nil)

    init() {
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that something was queued.
    package func announce() { continuation.yield() }

    /// How far some work is; nil if it does not run.
    func progress(of id: RunID) -> UpkeepRecord.Progress? {
        running.withLock { $0?.id == id ? $0?.progress : nil }
    }

    func set(_ progress: UpkeepRecord.Progress, of id: RunID) { running.withLock { $0 = (id, progress) } }
}
