/// What is known about a run after its end.
package struct ExecutionResult: Sendable, Hashable {
    /// How the run ended.
    package let ending: ExecutionEnding
    /// Start of the sandbox, UTC, in milliseconds since 1970.
    package let startedAt: Int64
    /// End of the last process, UTC, in milliseconds since 1970.
    package let endedAt: Int64
    /// Highest memory use of all processes together, page cache included, in bytes; nil if nothing measured it.
    package let peakMemoryBytes: Int64?
    /// Which mechanism enforced which limit: keys `memory`, `pids`, `cpus`, `fileSize`, `scratch`, `temporaryFiles`;
    /// values `cgroup-v2`, `cgroup-v1`, `rlimit`, `watch`, `tmpfs`, `none`.
    package let appliedLimits: [String: String]
    /// Bytes of log passed on, the truncation mark included.
    package let logBytes: Int
    /// True if the command printed more than the log limit.
    package let logTruncated: Bool

    /// The reason written into a verdict, or nil if the command ended with code 0.
    package var failureReason: ExecutionFailureReason? {
        ending.failureReason
    }
}
