/// After which times a run is stopped.
package struct ExecutionTimeouts: Sendable, Hashable, Codable {
    /// Longest run from start to end, in seconds.
    package var wallSeconds: Double
    /// Longest silence on standard output and standard error, in seconds; nil means no limit.
    package var idleSeconds: Double?
    /// Time between SIGTERM and SIGKILL, in seconds.
    package var killGraceSeconds: Double

    /// Creates timeouts.
    package init(wallSeconds: Double = 3600, idleSeconds: Double? = nil, killGraceSeconds: Double = 10) {
        self.wallSeconds = wallSeconds
        self.idleSeconds = idleSeconds
        self.killGraceSeconds = killGraceSeconds
    }
}
