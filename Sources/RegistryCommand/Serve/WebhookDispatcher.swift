import Logging
import Registry
import RegistryServer
import RegistryTypes
import ServiceLifecycle

/// Tells webhooks of what happened. For each one message is under way at a time, for at most so many webhooks.
struct WebhookDispatcher: Service {
    private static let most = 16
    /// The longest time between two looks, and the shortest: many writes are one look.
    private static let longestPause = Duration.seconds(60)
    private static let shortestPause = Duration.milliseconds(50)
    private static let pauseAfterFailure = Duration.seconds(10)
    private static let forgetInterval = Duration.seconds(3600)

    let registry: ModelRegistry
    let sender: WebhookSender
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let busy = Busy()
                group.addTask { await forget() }
                while !Task.isCancelled {
                    let news = registry.events.listen()
                    let pause: Duration
                    do {
                        pause = try await look(busy, &group)
                    } catch {
                        logger.error("webhooks could not be told", metadata: ["error": "\(error)"])
                        pause = Self.pauseAfterFailure
                    }
                    try? await Task.sleep(for: Self.shortestPause)
                    await news.wait(atMost: pause)
                }
                group.cancelAll()
            }
        }
    }

    /// The webhooks whose turn is under way.
    private actor Busy {
        private var webhooks: Set<RunID> = []

        func take(_ webhook: RunID) -> Bool {
            webhooks.count < WebhookDispatcher.most && webhooks.insert(webhook).inserted
        }

        func release(_ webhook: RunID) { webhooks.remove(webhook) }
    }

    /// Makes messages of what is new and begins to send what is due; returns how long there is nothing to do.
    private func look(_ busy: Busy, _ group: inout DiscardingTaskGroup) async throws -> Duration {
        while try await registry.planDeliveries() { try Task.checkCancellation() }
        var pause = Self.longestPause
        for due in try await registry.dueWebhooks() {
            let wait = Duration.milliseconds(due.at - registry.now)
            if wait > .zero {
                pause = min(pause, wait)
            } else if await busy.take(due.webhook) {
                group.addTask {
                    await send(to: due.webhook)
                    await busy.release(due.webhook)
                    // Others may have waited for the place.
                    registry.events.announce()
                }
            }
        }
        return pause
    }

    /// Sends what is due to one webhook, one message after the other.
    private func send(to webhook: RunID) async {
        do {
            while !Task.isCancelled, let delivery = try await registry.dueDelivery(of: webhook) {
                let result = await sender.send(delivery)
                // What was cut off because the server ends was no attempt: it is sent again by the next one.
                if Task.isCancelled, result.attempt.problem != nil { return }
                try await Task { try await registry.note(result.attempt, of: delivery, retryAfter: result.retryAfter) }
                    .value
            }
        } catch {
            logger.error("a webhook could not be told", metadata: ["webhook": "\(webhook)", "error": "\(error)"])
            try? await Task.sleep(for: Self.pauseAfterFailure)
        }
    }

    private func forget() async {
        while !Task.isCancelled {
            try? await registry.forgetDeliveries()
            try? await Task.sleep(for: Self.forgetInterval)
        }
    }
}
