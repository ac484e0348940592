import Foundation
import Logging
import Registry
import ServiceLifecycle

/// Reads every blob again and again while the server runs, no faster than it may (invariant I19).
struct Scrubber: Service {
    /// How long nothing is done when nothing is due, or after a failure.
    private static let rest = Duration.seconds(600)

    let registry: ModelRegistry
    /// Bytes a second.
    let rate: Int
    let days: Int
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    guard try await registry.scrub(checkedBefore: limit, pace: pace) == 0 else { continue }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("the scrub failed", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.rest)
            }
        }
    }

    /// A blob is due when nine tenths of its time are over, so that it is read before the time is.
    private var limit: Int64 {
        Int64(Date().timeIntervalSince1970 * 1000) - Int64(days) * 86_400_000 * 9 / 10
    }

    private func pace(_ bytes: Int) async throws {
        try await Task.sleep(for: .seconds(Double(bytes) / Double(rate)))
    }
}
