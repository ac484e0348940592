import Synchronization

/// Counts the connections that are open, in all and by the client's address.
final class ConnectionTally: Sendable {
    private struct Counts {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let counts = Mutex(Counts())

    init(limits: ConnectionLimits) { self.limits = limits }

    /// The connections that are open.
    var total: Int { counts.withLock { $0.total } }

    /// Counts one more; false if there are enough.
    func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            guard counts.total < limits.connections,
                counts.byAddress[address, default: 0] < limits.connectionsPerAddress
            else { return false }
            counts.total += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
    }

    /// Counts one less.
    func leave(_ address: String) {
        counts.withLock { counts in
            counts.total -= 1
            let left = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = left > 0 ? left : nil
        }
    }
}
