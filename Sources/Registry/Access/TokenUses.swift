import Synchronization

/// When tokens were last accepted, until `ModelRegistry.keepTokenUses` writes it down: no request waits for that.
final class TokenUses: Sendable {
    private let times = Mutex<[String: Int64]>([:])

    /// Notes that a token was accepted.
    func note(_ token: String, at time: Int64) { times.withLock { $0[token] = time } }

    /// What was noted about a token and is not written down yet.
    func time(of token: String) -> Int64? { times.withLock { $0[token] } }

    /// What was noted since this was last asked.
    func take() -> [String: Int64] {
        times.withLock { times in
            defer { times = [:] }
            return times
        }
    }
}
