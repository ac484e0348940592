/// Whether an executor works on this host, as `assay doctor` prints it.
package struct ExecutorProbe: Sendable, Hashable {
    /// The outcome of the probe.
    package enum Availability: Sendable, Hashable {
        /// A sandbox was started; the value is the version of the program behind it, for example `0.8.0`.
        case available(version: String)
        /// No sandbox can be started here.
        case unavailable(Failure)
    }

    /// The command that failed, what it said, and what to do about it.
    package struct Failure: Sendable, Hashable {
        /// The exact command line, ready to be pasted into a shell.
        package let command: String
        /// What the command printed, at most a few kilobytes.
        package let output: String
        /// What the user can do.
        package let advice: String
    }

    /// The name of the executor.
    package let executor: String
    /// Whether it works.
    package let availability: Availability
    /// Which mechanism would enforce which limit, with the keys and values of `ExecutionResult.appliedLimits`.
    package let limits: [String: String]

    /// True if a sandbox can be started.
    package var isAvailable: Bool {
        version != nil
    }

    /// The version of the program behind the executor, or nil if it does not work here.
    package var version: String? {
        if case .available(let version) = availability { version } else { nil }
    }

    /// What failed, or nil if the executor works here.
    package var failure: Failure? {
        if case .unavailable(let failure) = availability { failure } else { nil }
    }
}
