import RegistryTypes
import Synchronization

/// Wakes the workers when a job was queued, or the scheduler when a schedule was set. The queue itself is the database: a signal that gets lost delays a job only
/// until they look again.
package final class JobQueue: Sendable {
    private struct State {
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    init() {}

    /// Whether nobody is to wait for jobs any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Says that there may be a job.
    package func announce() { wake() }

    /// Ends all waiting, for good: the server stops.
    package func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Begins to listen; whatever is announced from now on ends `wait`.
    package func listen() -> Signal {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let number = state.withLock { state in
            state.next += 1
            if state.isClosed { continuation.finish() } else { state.waiting[state.next] = continuation }
            return state.next
        }
        return Signal(stream: stream) { [weak self] in
            self?.state.withLock { _ = $0.waiting.removeValue(forKey: number) }
        }
    }

    /// One listener.
    package struct Signal: Sendable {
        fileprivate let stream: AsyncStream<Void>
        fileprivate let forget: @Sendable () -> Void

        /// Returns at the next announcement, when the time is over, or when the task is cancelled.
        package func wait(atMost time: Duration) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in stream {} }
                group.addTask { try? await Task.sleep(for: time) }
                await group.next()
                group.cancelAll()
            }
            forget()
        }
    }
}
