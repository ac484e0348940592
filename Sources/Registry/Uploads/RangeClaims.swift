import RegistryTypes
import Synchronization

/// Which bytes of which upload sessions somebody writes or hashes right now: no two do so with the same ones
/// (invariant I9).
///
/// Requests are what claims belong to, so they live in memory and end with the process.
final class RangeClaims: Sendable {
    private let ranges = Mutex<[RunID: RangeSet<Int64>]>([:])

    /// Claims a range, or throws `conflict` if somebody has a part of it.
    func claim(_ range: Range<Int64>, of id: RunID) throws {
        let isFree = ranges.withLock { ranges in
            var claimed = ranges[id, default: RangeSet()]
            guard claimed.gaps(in: range) == RangeSet(range) else { return false }
            claimed.insert(contentsOf: range)
            ranges[id] = claimed
            return true
        }
        guard isFree else {
            throw RegistryError(
                .conflict, "another request is at work on these bytes of the upload \(id); try again in a moment",
                details: ["retryAfter": "1"])
        }
    }

    /// Gives a range back.
    func release(_ range: Range<Int64>, of id: RunID) {
        ranges.withLock { ranges in
            ranges[id]?.remove(contentsOf: range)
            if ranges[id]?.isEmpty == true { ranges[id] = nil }
        }
    }

    /// The sessions in which something is going on.
    var sessions: Set<RunID> { ranges.withLock { Set($0.keys) } }
}
