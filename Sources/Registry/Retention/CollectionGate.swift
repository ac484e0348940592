import RegistryTypes
import Synchronization

/// Lets one collection run at a time, and none while something else needs all bytes to stay.
final class CollectionGate: Sendable {
    private struct State {
        var pauses = 0
        var isRunning = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts a collection; throws `collection-paused` or `conflict`.
    func begin() throws {
        try state.withLock { state in
            guard state.pauses == 0 else { throw Self.paused }
            guard !state.isRunning else {
                throw RegistryError(.conflict, "a collection is running already; look again when it has ended")
            }
            state.isRunning = true
        }
    }

    /// Throws `collection-paused` if somebody waits for the collection that is running to stop.
    func check() throws {
        try state.withLock { if $0.pauses > 0 { throw Self.paused } }
    }

    /// Ends a collection.
    func end() {
        let waiting = state.withLock { state in
            state.isRunning = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Keeps collections from starting, and waits until none is running.
    func pause() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                state.pauses += 1
                if state.isRunning { state.waiting.append(continuation) }
                return !state.isRunning
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// Ends one pause.
    func resume() { state.withLock { $0.pauses -= 1 } }

    private static let paused = RegistryError(
        .collectionPaused, "a backup is being made, and nothing is collected meanwhile; run it again afterwards")
}
