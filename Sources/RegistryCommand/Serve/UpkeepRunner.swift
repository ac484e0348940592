import Foundation
import Logging
import Registry
import RegistryTypes
import ServiceLifecycle

/// Carries out checks and backups one after the other, whoever asked for them, and asks for the regular backups.
struct UpkeepRunner: Service {
    /// How often the clock is looked at for regular backups.
    private static let pause = Duration.seconds(60)

    let registry: ModelRegistry
    let settings: UpkeepConfiguration
    let logger: Logger

    func run() async throws {
        do {
            try await registry.endInterruptedUpkeep()
        } catch {
            // A server that can still answer questions goes on without.
            logger.error("interrupted upkeep could not be ended", metadata: ["error": "\(error)"])
        }
        registry.upkeep.announce()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in registry.upkeep.signals { await carryOutAll() }
                }
                if settings.backupInterval > 0 {
                    group.addTask { await askForBackups() }
                }
                await group.waitForAll()
            }
        }
    }

    private func carryOutAll() async {
        do {
            while !Task.isCancelled, let ended = try await registry.carryOutUpkeep() {
                logger.info("upkeep ended", metadata: ["id": "\(ended.id)", "state": "\(ended.state)"])
                if let explanation = ended.explanation {
                    logger.error("\(ended.kind) failed", metadata: ["id": "\(ended.id)", "error": "\(explanation)"])
                }
                if let lost = ended.backup?.manifest.missing, !lost.isEmpty {
                    logger.error(
                        "the backup is not complete", metadata: ["id": "\(ended.id)", "missing": "\(lost.count)"])
                }
            }
        } catch {
            logger.error("upkeep could not be carried out", metadata: ["error": "\(error)"])
        }
    }

    private func askForBackups() async {
        let keep = settings.backupKeep == 0 ? nil : settings.backupKeep
        repeat {
            do {
                try await registry.requestBackup(olderThan: Int64(settings.backupInterval) * 3_600_000, keep: keep)
            } catch {
                logger.error("a backup could not be asked for", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: Self.pause)) != nil
    }
}
