import Synchronization

/// Counts the connections that are open, in all and by the client's address.
final class ConnectionTally: Sendable {
    private struct Counts {
        var total = 0
        var byAddress: [String: Int] = [:]
        var refusals = 0
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

    /// The most connections that are being told that there are too many: these are descriptors as well.
    static let mostRefusals = 64

    /// Counts one more that is told so; false if there are enough.
    func refuse() -> Bool {
        counts.withLock { counts in
            guard counts.refusals < Self.mostRefusals else { return false }
            counts.refusals += 1
            return true
        }
    }

    /// Counts one less that is told so.
    func endRefusal() { counts.withLock { $0.refusals -= 1 } }

    /// Counts one less.
    func leave(_ address: String) {
        counts.withLock { counts in
            counts.total -= 1
            let left = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = left > 0 ? left : nil
        }
    }
}
