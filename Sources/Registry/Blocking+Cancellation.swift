import Synchronization

extension Blocking {
    /// Says whether the task that waits for some work was cancelled.
    final class Cancellation: Sendable {
        private let flag = Atomic(false)

        func set() { flag.store(true, ordering: .relaxed) }

        /// Throws once the task was cancelled.
        func check() throws { if flag.load(ordering: .relaxed) { throw CancellationError() } }
    }

    /// Runs `work` like `inBackground`; it asks its argument now and then whether it shall end early.
    static func runCancellably<Result: Sendable>(
        _ priority: ThreadPriority, _ work: @escaping @Sendable (Cancellation) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await inBackground(priority) { try work(cancellation) }
        } onCancel: {
            cancellation.set()
        }
    }
}
