import RegistryTypes
import Synchronization

/// Lets few comparisons run at once: each one keeps a processor busy.
final class ComparisonGate: Sendable {
    private static let most = 2
    private let running = Mutex(0)

    /// Runs `body`, or throws `busy` if enough others are running.
    func pass<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try running.withLock { running in
            guard running < Self.most else {
                throw RegistryError(.busy, "\(running) comparisons are running already; try again when one has ended")
            }
            running += 1
        }
        defer { running.withLock { $0 -= 1 } }
        return try await body()
    }
}
