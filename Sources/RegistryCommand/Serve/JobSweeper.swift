import Logging
import Registry
import ServiceLifecycle

/// Ends jobs that nobody will finish, though no worker asks for any: every few seconds.
struct JobSweeper: Service {
    private static let pause = Duration.seconds(5)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                do {
                    let ended = try await registry.endHopelessJobs()
                    if ended > 0 {
                        logger.warning("jobs that nobody can finish were ended", metadata: ["jobs": "\(ended)"])
                    }
                } catch {
                    logger.error("jobs could not be looked through", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
