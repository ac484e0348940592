import Synchronization

/// Counts the writes that changed the registry: what was read at a generation is what there is, as long as it lasts.
///
/// One process holds the only writer, so the count can stay in memory. It is raised between the commit and its
/// acknowledgement: who has seen an answer to a write never gets anything older.
package final class Generation: Sendable {
    private let count = Atomic<UInt64>(0)

    /// The writes so far. Take it before reading what shall belong to it.
    package var now: UInt64 { count.load(ordering: .acquiring) }

    func advance() { count.add(1, ordering: .releasing) }
}
