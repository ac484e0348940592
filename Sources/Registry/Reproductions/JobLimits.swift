import GRDB
import RegistryTypes

/// How many jobs wait and run at most.
package struct JobLimits: Sendable, Equatable {
    /// Jobs of one namespace that wait at once.
    package var queuedPerNamespace: Int
    /// Jobs of the whole server that run at once.
    package var running: Int
    /// Jobs of one namespace that wait at once because of a schedule; they take no room from those of people.
    package var scheduledPerNamespace: Int

    /// The defaults keep one namespace from filling the queue.
    package init(queuedPerNamespace: Int = 100, running: Int = 64, scheduledPerNamespace: Int = 10) {
        self.queuedPerNamespace = queuedPerNamespace
        self.running = running
        self.scheduledPerNamespace = scheduledPerNamespace
    }

    /// Throws `policy-violated` if there is no room for so many more jobs of a namespace.
    func requireRoom(for count: Int = 1, in namespace: Int64, _ db: Database) throws {
        let waiting = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM reproductions
                    JOIN versions ON versions.id = version_id JOIN collections ON collections.id = collection_id
                    WHERE state = 'queued' AND scheduled = 0 AND namespace_id = ?
                    """), arguments: [namespace])
        guard (waiting ?? 0) + count <= queuedPerNamespace else {
            throw RegistryError(
                .policyViolated,
                "\(waiting ?? 0) reproductions of this namespace are waiting already, and this server allows "
                    + "\(queuedPerNamespace); wait for them or cancel some",
                details: ["limit": "\(queuedPerNamespace)", "reason": "queue-full"])
        }
    }
}
