import Logging
import Registry
import ServiceLifecycle

/// Reads back what was written last before the server began, then writes down, again and again, that all bytes up to now
/// are good, so that a start after a crash has little to read back.
struct GoodMarkKeeper: Service {
    private static let pause = Duration.seconds(60)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                for digest in try await registry.proveWritten() {
                    logger.critical("A BLOB IS DAMAGED and not served; push it again", metadata: ["blob": "\(digest)"])
                }
            } catch is CancellationError {
                return
            } catch {
                logger.error("what was written last cannot be read back", metadata: ["error": "\(error)"])
            }
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
