import Logging
import Registry
import ServiceLifecycle

/// Signs the audit log within a second of an entry, sooner after 256 of them, and once more at the end. While nothing is
/// written it does nothing.
struct Checkpointer: Service {
    private static let patience = Duration.seconds(1)
    private static let pauseAfterFailure = Duration.seconds(10)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var failure = await sign(last: nil)
            while !Task.isCancelled {
                let added = registry.logSigner.added.listen()
                switch registry.logSigner.unsigned {
                case 0:
                    await added.wait(atMost: .seconds(3600))
                    continue
                case ..<LogSigner.batch: await added.wait(atMost: Self.patience)
                default: break
                }
                if Task.isCancelled { break }
                failure = await sign(last: failure)
                if failure != nil { try? await Task.sleep(for: Self.pauseAfterFailure) }
            }
        }
        _ = await sign(last: nil)
    }

    /// Returns what prevented it; it is said once.
    private func sign(last: String?) async -> String? {
        do {
            _ = try await registry.signCheckpoint()
            return nil
        } catch {
            if last != "\(error)" {
                logger.critical("THE AUDIT LOG IS NOT SIGNED", metadata: ["error": "\(error)"])
            }
            return "\(error)"
        }
    }
}
