import Dispatch

/// Runs what computes or waits for the disk for long, so that it holds up no task of the server.
enum Blocking {
    /// Runs `work` on a thread of its own and waits for its result.
    static func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
