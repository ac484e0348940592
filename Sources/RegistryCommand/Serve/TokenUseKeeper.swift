import Logging
import Registry
import ServiceLifecycle

/// Writes down now and then when tokens were last used, and once more when the server ends.
struct TokenUseKeeper: Service {
    private static let interval = Duration.seconds(30)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await keep()
            }
        }
    }

    /// In a task of its own: the database does nothing for one that is cancelled.
    private func keep() async {
        let registry = registry
        do {
            try await Task { try await registry.keepTokenUses() }.value
        } catch {
            logger.warning("the last uses of tokens could not be written down", metadata: ["error": "\(error)"])
        }
    }
}
