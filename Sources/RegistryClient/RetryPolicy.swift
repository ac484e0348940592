/// How often a request that may safely be repeated is sent, and how long to wait in between.
public struct RetryPolicy: Sendable {
    /// The most times a request is sent, the first one included.
    public var attempts: Int
    /// The wait after the first failure; it doubles with each further one.
    public var firstDelay: Duration
    /// The longest wait, also where the server asks for more.
    public var longestDelay: Duration
    /// How long in all to wait for another request that stands in the way.
    public var longestBusy = Duration.seconds(600)
    /// Waits; tests put a clock of their own here.
    public var wait: @Sendable (Duration) async throws -> Void

    /// Describes a policy.
    public init(
        attempts: Int, firstDelay: Duration = .milliseconds(200), longestDelay: Duration = .seconds(30),
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.wait = wait
    }

    /// Five tries, about three seconds in all.
    public static let standard = RetryPolicy(attempts: 5)
    /// Up to ten minutes in all, for what must outlive a restart of the server.
    public static let patient = RetryPolicy(attempts: 28)
    /// One try.
    public static let never = RetryPolicy(attempts: 1)

    /// The wait after a number of failures: half of it fixed and half of it random, so that many clients which failed
    /// together do not come back together.
    func delay(afterFailures failures: Int, asked: Duration? = nil) -> Duration {
        if let asked { return min(max(asked, .zero), longestDelay) }
        let full = min(firstDelay * (1 << min(max(failures - 1, 0), 16)), longestDelay)
        return full / 2 + full / 2 * Double.random(in: 0...1)
    }
}
