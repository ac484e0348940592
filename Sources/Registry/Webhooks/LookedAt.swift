import RegistryTypes
import Synchronization

/// Up to where entries were looked through for each webhook without finding anything, since its cursor was written.
final class LookedAt: Sendable {
    private let places = Mutex<[RunID: (cursor: Int64, place: Int64)]>([:])

    /// Where to go on for a webhook with this cursor.
    func place(of webhook: RunID, from cursor: Int64) -> Int64 {
        places.withLock { places in
            guard let known = places[webhook], known.cursor == cursor else { return cursor }
            return known.place
        }
    }

    /// Notes where to go on.
    func note(_ place: Int64, of webhook: RunID, from cursor: Int64) {
        places.withLock { $0[webhook] = (cursor, place) }
    }
}
