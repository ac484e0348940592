/// Why a run failed, in the words of verdict records.
package enum ExecutionFailureReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The command ended with a code other than 0.
    case exitCode = "exit-code"
    /// The command was killed by a signal.
    case signal
    /// The wall or idle time ran out.
    case timeout
    /// The memory limit was reached.
    case outOfMemory = "oom"
    /// The files of the run reached the scratch limit.
    case scratchExceeded = "scratch-exceeded"
    /// The program could not be started.
    case commandNotFound = "command-not-found"
    /// The run was cancelled.
    case cancelled
    /// The command ended well, but a declared output is missing or not acceptable.
    case missingOutput = "missing-output"
    /// The command ended well, but a metrics file cannot be read.
    case metricsUnreadable = "metrics-unreadable"
}
