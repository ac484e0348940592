import Synchronization

/// What the parts of one run tell each other: why it must stop, and when it last printed something.
final class RunMonitor: Sendable {
    private struct State {
        var cause: ExecutionEnding?
        var lastOutput: ContinuousClock.Instant
    }

    /// When the run began.
    let start: ContinuousClock.Instant
    private let state: Mutex<State>

    init(start: ContinuousClock.Instant = .now) {
        self.start = start
        state = Mutex(State(cause: nil, lastOutput: start))
    }

    /// Why the run is being stopped, or nil while nothing stops it.
    var cause: ExecutionEnding? {
        state.withLock { $0.cause }
    }

    /// Asks for the end of the run; the first cause wins.
    func stop(_ cause: ExecutionEnding) {
        state.withLock { $0.cause = $0.cause ?? cause }
    }

    /// Notes that the command printed something.
    func noteOutput(at instant: ContinuousClock.Instant = .now) {
        state.withLock { $0.lastOutput = instant }
    }

    /// Turns a passed deadline into a cause.
    func checkDeadlines(_ timeouts: ExecutionTimeouts, now: ContinuousClock.Instant = .now) {
        let lastOutput = state.withLock { $0.lastOutput }
        if now - start >= .seconds(timeouts.wallSeconds) {
            stop(.timedOut(.wall))
        } else if let idle = timeouts.idleSeconds, now - lastOutput >= .seconds(idle) {
            stop(.timedOut(.idle))
        }
    }
}
