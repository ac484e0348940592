import RegistryTypes

/// The tries that a request has left.
struct Patience {
    private let policy: RetryPolicy
    private var failures = 0
    private var busy = Duration.zero

    init(_ policy: RetryPolicy) { self.policy = policy }

    /// Waits before the next try, or throws the setback's error if there is none left.
    mutating func wait(after setback: Setback) async throws {
        if setback.isBusy, let pause = setback.retryAfter {
            busy += max(pause, policy.firstDelay)
            guard busy <= policy.longestBusy else { throw setback.error }
            return try await policy.wait(policy.delay(afterFailures: 1, asked: pause))
        }
        failures += 1
        guard failures < policy.attempts else { throw setback.error }
        try await policy.wait(policy.delay(afterFailures: failures, asked: setback.retryAfter))
    }

    /// Begins to count anew: a transfer that comes further with each try is not given up.
    mutating func renew() { failures = 0 }
}
