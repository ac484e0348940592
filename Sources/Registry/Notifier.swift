import RegistryTypes
import Synchronization

/// Wakes whoever waits for something to do: workers when a job was queued, the scheduler when a schedule was set. What is to
/// be done is in the database: a signal that gets lost delays it only until they look again.
package final class Notifier: Sendable {
    private struct State {
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    init() {}

    /// Whether nobody is to wait for jobs any more.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

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

        /// Returns at the next announcement, when the time is over, or when the task is cancelled; tells whether it was
        /// an announcement.
        @discardableResult package func wait(atMost time: Duration) async -> Bool {
            defer { forget() }
            return await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for await _ in stream {}
                    return !Task.isCancelled
                }
                group.addTask {
                    try? await Task.sleep(for: time)
                    return false
                }
                defer { group.cancelAll() }
                return await group.next() ?? false
            }
        }
    }
}
