import Synchronization

/// Time in milliseconds that follows a wall clock forwards and never goes back: leases are measured with it.
///
/// When the wall clock is set back, this one goes on from where it was (invariant I18).
final class SteadyClock: Sendable {
    private struct State {
        var wall: Int64
        var steady: Int64
    }

    private let wall: @Sendable () -> Int64
    private let state: Mutex<State>

    /// - Parameter last: the latest time that is written down, from where it goes on: a time without a server is nobody's
    ///   delay, and the wall clock may have been set back since. Nil if none is.
    init(_ wall: @escaping @Sendable () -> Int64, after last: Int64?) {
        self.wall = wall
        let now = wall()
        state = Mutex(State(wall: now, steady: last ?? now))
    }

    /// The present.
    var now: Int64 {
        state.withLock { state in
            let wall = wall()
            state.steady += max(0, wall - state.wall)
            state.wall = wall
            return state.steady
        }
    }
}
