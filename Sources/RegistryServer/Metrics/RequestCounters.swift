import Synchronization

/// Counts requests for `/metrics`.
final class RequestCounters: Sendable {
    /// What requests are told apart by.
    struct Key: Hashable, Comparable {
        let method: String
        let status: Int

        static func < (left: Key, right: Key) -> Bool { (left.method, left.status) < (right.method, right.status) }
    }

    /// How many there were, and how long they took to the head of the answer, in seconds.
    struct Sum {
        var count = 0
        var seconds = 0.0
    }

    private let sums = Mutex<[Key: Sum]>([:])

    /// The counts so far.
    var now: [Key: Sum] { sums.withLock { $0 } }

    /// Counts one more request.
    func add(_ key: Key, seconds: Double) {
        sums.withLock { sums in
            sums[key, default: Sum()].count += 1
            sums[key, default: Sum()].seconds += seconds
        }
    }
}
