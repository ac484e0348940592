import Foundation

/// Runs what computes or waits for the disk for long, so that it holds up no task of the server.
package enum Blocking {
    /// Runs `work` that computes, on one of as many threads as there are processors, and waits for its result.
    static func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await run(on: DispatchQueue.global(qos: .utility), work)
    }

    /// Runs `work` that waits for the disk, on a thread of its own: syncs that wait together share a journal commit, and
    /// none is behind a long computation.
    static func waitForDisk<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await run(on: DispatchQueue(label: "assay.disk"), work)
    }

    /// Runs `work` that takes long, such as a check of the store, on a thread of its own that gives way to requests.
    ///
    /// - Parameter priority: `idle` for what nobody waits for.
    package static func inBackground<Result: Sendable>(
        _ priority: ThreadPriority = .idle, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                priority.adopt()
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }

    private static func run<Result: Sendable>(
        on queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
