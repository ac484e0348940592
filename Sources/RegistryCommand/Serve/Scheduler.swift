import AuditLog
import Foundation
import Logging
import Registry
import RegistryTypes
import ServiceLifecycle

/// Has approved versions verified again when their schedule says so, and tells of those that are no longer as their policy
/// wants them. What is queued is in the database: a start finds it
/// as it was, and queues nothing twice.
struct Scheduler: Service {
    /// How often it is looked what is due, unless somebody sets a schedule.
    private static let pause = Duration.seconds(60)
    /// How long nothing is looked at while the clock is doubted; it is believed after the second such time.
    private static let doubt = Duration.seconds(1800)

    let registry: ModelRegistry
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var clock: CollectionClock?
            var refused: Set<VersionReference> = []
            while !Task.isCancelled {
                let changed = registry.schedules.listen()
                do {
                    var time = try await next(clock)
                    time.observe(Self.now, confirming: true)
                    clock = time
                    try await queue(at: time, &refused)
                    for alert in try await registry.raiseAlerts(time) {
                        logger.warning("\(alert.action)", metadata: ["object": "\(alert.object)"])
                    }
                } catch {
                    if Task.isCancelled { return }
                    logger.error("schedules could not be looked at", metadata: ["error": "\(error)"])
                }
                if clock?.isBelieved ?? true {
                    await changed.wait(atMost: Self.pause)
                } else {
                    logger.warning("the clock is more than an hour ahead; nothing is scheduled until it stays so")
                    try? await Task.sleep(for: Self.doubt)
                }
            }
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private func next(_ clock: CollectionClock?) async throws -> CollectionClock {
        if let clock { return clock }
        return try await registry.scheduleClock()
    }

    /// Takes up what is due until there is no more, or no more room.
    private func queue(at time: CollectionClock, _ refused: inout Set<VersionReference>) async throws {
        var round: ScheduleRound
        repeat {
            round = try await registry.queueScheduled(time)
            for record in round.requested {
                logger.info(
                    "scheduled", metadata: ["version": "\(record.version)", "reproduction": "\(record.id)"])
            }
        } while !round.requested.isEmpty
        for version in Set(round.refused).subtracting(refused) {
            logger.warning(
                "not scheduled: whoever set the schedule may not ask for it", metadata: ["version": "\(version)"])
        }
        refused = Set(round.refused)
    }
}
