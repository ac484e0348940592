import Logging
import Registry
import ServiceLifecycle

/// Writes down, again and again, that all bytes up to now are good, so that a start after a crash reads back little.
struct GoodMarkKeeper: Service {
    private static let pause = Duration.seconds(60)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                do {
                    try await registry.keepGoodMark()
                } catch {
                    logger.error("the good mark cannot be written", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
