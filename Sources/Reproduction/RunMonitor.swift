import Synchronization

/// What the parts of one run tell each other: why it must stop, and when it last printed something.
final class RunMonitor: Sendable {
    private struct State {
        var cause: ExecutionEnding?
        /// When the command began, or the sandbox while the command has not.
        var start: ContinuousClock.Instant
        var lastOutput: ContinuousClock.Instant
        var hasBegun: Bool
    }

    /// How long a sandbox may take until the command begins.
    private static let longestSetup = Duration.seconds(120)

    private let state: Mutex<State>

    /// Begins to count.
    ///
    /// - Parameter waits: whether the times of the command are counted only from `noteBegin` on, because its sandbox takes a
    ///   while to be set up.
    init(start: ContinuousClock.Instant = .now, waits: Bool = false) {
        state = Mutex(State(cause: nil, start: start, lastOutput: start, hasBegun: !waits))
    }

    /// Notes that the command begins.
    func noteBegin(at instant: ContinuousClock.Instant = .now) {
        state.withLock { $0 = State(cause: $0.cause, start: instant, lastOutput: instant, hasBegun: true) }
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
        let (start, lastOutput, hasBegun) = state.withLock { ($0.start, $0.lastOutput, $0.hasBegun) }
        guard hasBegun else {
            if now - start >= Self.longestSetup { stop(.timedOut(.wall)) }
            return
        }
        if now - start >= .seconds(timeouts.wallSeconds) {
            stop(.timedOut(.wall))
        } else if let idle = timeouts.idleSeconds, now - lastOutput >= .seconds(idle) {
            stop(.timedOut(.idle))
        }
    }
}
