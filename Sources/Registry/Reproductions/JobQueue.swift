/// Wakes the worker when a job was queued. The queue itself is the database: a signal that gets lost delays a job only
/// until the worker looks again.
package final class JobQueue: Sendable {
    /// A signal whenever there may be a job.
    package let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that a job was queued.
    package func announce() { continuation.yield() }
}
