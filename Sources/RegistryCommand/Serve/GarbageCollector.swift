import Logging
import Registry
import RegistryTypes
import ServiceLifecycle

/// Collects in the background, as often as the configuration says, and keeps an eye on the clock in between.
struct GarbageCollector: Service {
    /// How often the time is noted: much more often than the step ahead that is believed (invariant I18).
    private static let lookAtClock = Duration.seconds(600)

    let registry: ModelRegistry
    let interval: TimeSpan
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    repeat {
                        do { try await registry.observeClock() } catch { report(error) }
                    } while (try? await Task.sleep(for: Self.lookAtClock)) != nil
                }
                if interval.milliseconds > 0 {
                    group.addTask {
                        while (try? await Task.sleep(for: interval.duration)) != nil { await collect() }
                    }
                }
                await group.waitForAll()
            }
        }
    }

    private func collect() async {
        do {
            let report = try await registry.collectGarbage()
            logger.info(
                "garbage collected",
                metadata: [
                    "epoch": "\(report.epoch)", "removed": "\(report.removals.count)",
                    "totals": "\(report.totals.mapValues(\.blobs))",
                ])
        } catch {
            report(error)
        }
    }

    private func report(_ error: any Error) {
        if error is CancellationError { return }
        logger.warning("nothing was collected", metadata: ["error": "\(error)"])
    }
}
