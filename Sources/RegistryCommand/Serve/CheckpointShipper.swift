import Logging
import Registry
import ServiceLifecycle

/// Delivers the last signed checkpoint to where others hold it, now and then, and once more at the end.
struct CheckpointShipper: Service {
    /// How long the last delivery may hold up the end of the server.
    private static let patienceAtEnd = Duration.seconds(8)

    let registry: ModelRegistry
    let destinations: [any CheckpointDestination]
    let interval: Duration
    let logger: Logger

    func run() async throws {
        let delivered = Delivered()
        await cancelWhenGracefulShutdown {
            // What the start has signed is there in a moment.
            try? await Task.sleep(for: min(interval, .seconds(2)))
            while !Task.isCancelled {
                await deliver(noting: delivered)
                try? await Task.sleep(for: interval)
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await deliver(noting: delivered) }
            group.addTask { try? await Task.sleep(for: Self.patienceAtEnd) }
            await group.next()
            group.cancelAll()
        }
    }

    /// The note that each destination has, by its place in the list.
    private actor Delivered {
        private var notes: [Int: String] = [:]

        func has(_ note: String, _ index: Int) -> Bool { notes[index] == note }

        func add(_ note: String, _ index: Int) { notes[index] = note }
    }

    /// Delivers to each destination that does not have the note.
    private func deliver(noting delivered: Delivered) async {
        guard let note = try? await registry.checkpoint() else { return }
        for (index, destination) in destinations.enumerated() where await !delivered.has(note, index) {
            do {
                try await destination.deliver(note)
                await delivered.add(note, index)
            } catch {
                if Task.isCancelled { break }
                logger.error(
                    "a checkpoint was not delivered",
                    metadata: ["destination": "\(destination.name)", "error": "\(error)"])
            }
        }
    }
}
