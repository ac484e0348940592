/// How a run ended.
package enum ExecutionEnding: Sendable, Hashable {
    /// Which time ran out.
    package enum Timeout: String, Sendable, Hashable, Codable {
        /// The whole run took too long.
        case wall
        /// The command printed nothing for too long.
        case idle
    }

    /// The command ended by itself with this code, 0 to 128, or above 192.
    case exited(code: Int)
    /// The command was killed by this signal, which its own process reported or its exit code 128 + n says.
    case signalled(signal: Int)
    /// The run was stopped because a time ran out.
    case timedOut(Timeout)
    /// The kernel killed a process of the run because the memory limit was reached.
    case outOfMemory
    /// The files in `/work` and `/out` reached the scratch limit, or could not be counted.
    case scratchExceeded
    /// The task was cancelled.
    case cancelled
    /// The program of the command could not be started; the text is what the system said.
    case commandNotFound(String)

    /// The reason written into a verdict, or nil if the command ended with code 0.
    package var failureReason: ExecutionFailureReason? {
        switch self {
        case .exited(code: 0): nil
        case .exited: .exitCode
        case .signalled: .signal
        case .timedOut: .timeout
        case .outOfMemory: .outOfMemory
        case .scratchExceeded: .scratchExceeded
        case .cancelled: .cancelled
        case .commandNotFound: .commandNotFound
        }
    }
}

extension ExecutionEnding: CustomStringConvertible {
    /// One clause for people, for example `exited with code 3`.
    package var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let signal): "was killed by signal \(signal)"
        case .timedOut(.wall): "was stopped: the wall time ran out"
        case .timedOut(.idle): "was stopped: it printed nothing for too long"
        case .outOfMemory: "was killed: the memory limit was reached"
        case .scratchExceeded: "was stopped: its files reached the scratch limit"
        case .cancelled: "was cancelled"
        case .commandNotFound(let reason): "could not be started: \(reason)"
        }
    }
}
