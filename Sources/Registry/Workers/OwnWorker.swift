import Synchronization

/// What the server knows of the worker that it starts itself.
package final class OwnWorker: Sendable {
    /// Whether it carries out jobs.
    package enum State: Sendable, Equatable {
        /// It is started, or will be.
        case expected
        /// It is switched off.
        case off
        /// It cannot work, as it said itself.
        case unusable(String)
    }

    private let value = Mutex(State.expected)

    /// Whether it carries out jobs.
    package var state: State {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
