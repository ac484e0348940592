import NIOCore
import RegistryTypes
import Synchronization

/// Counts requests that failed to prove who makes them, by the client's address and by address and token.
///
/// A valid token is never refused for what others do from the same address, which may be a proxy's: a secret has 256
/// bits, so counting is no defence against guessing it. It keeps a client in a loop, or a scan for tokens, from being
/// answered at full speed, and bounds what the log says of it.
final class FailedAttempts: Sendable {
    /// Failures within a minute, for one token from one address and for one address.
    static let mostPerToken = 10
    static let mostPerAddress = 100
    /// The most addresses and tokens that are told apart; beyond them every failure is one too many.
    static let mostKeys = 10_000
    private static let window = 60

    private struct Counts {
        var began: ContinuousClock.Instant
        var byKey: [String: Int] = [:]
    }

    private let clock: @Sendable () -> ContinuousClock.Instant
    private let counts: Mutex<Counts>

    /// - Parameter clock: time that never goes back; tests have their own.
    init(clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.clock = clock
        counts = Mutex(Counts(began: clock()))
    }

    /// Counts a failure; the error to answer with: the given one, or `too-many-attempts`.
    func count(_ error: RegistryError, from address: SocketAddress?, token: String?) -> RegistryError {
        let address = address?.ipAddress ?? ""
        let now = clock()
        return counts.withLock { counts in
            let age = Int((now - counts.began).components.seconds)
            if age >= Self.window { counts = Counts(began: now) }
            let isTooMany = [
                Self.add(address, most: Self.mostPerAddress, &counts),
                token.map { Self.add("\(address) \($0)", most: Self.mostPerToken, &counts) } ?? false,
            ].contains(true)
            guard isTooMany else { return error }
            let wait = max(1, Self.window - (age >= Self.window ? 0 : age))
            return RegistryError(
                .tooManyAttempts,
                "too many requests without a valid token came from this address; wait \(wait) seconds. The last one: "
                    + error.message,
                details: ["retryAfter": String(wait)])
        }
    }

    /// Counts one more of a key; whether these are too many.
    private static func add(_ key: String, most: Int, _ counts: inout Counts) -> Bool {
        guard counts.byKey[key] != nil || counts.byKey.count < mostKeys else { return true }
        counts.byKey[key, default: 0] += 1
        return counts.byKey[key, default: 0] > most
    }
}
