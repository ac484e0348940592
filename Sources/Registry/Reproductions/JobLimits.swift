import GRDB
import RegistryTypes

/// How many jobs wait and run at most.
package struct JobLimits: Sendable, Equatable {
    /// Jobs of one namespace that wait at once.
    package var queuedPerNamespace: Int
    /// Jobs of the whole server that run at once.
    package var running: Int

    /// The defaults keep one namespace from filling the queue.
    package init(queuedPerNamespace: Int = 100, running: Int = 64) {
        self.queuedPerNamespace = queuedPerNamespace
        self.running = running
    }

    /// Throws `policy-violated` if as many jobs of a namespace wait as may.
    func requireRoom(in namespace: Int64, _ db: Database) throws {
        let waiting = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM reproductions
                    JOIN versions ON versions.id = version_id JOIN collections ON collections.id = collection_id
                    WHERE state = 'queued' AND namespace_id = ?
                    """), arguments: [namespace])
        guard waiting ?? 0 < queuedPerNamespace else {
            throw RegistryError(
                .policyViolated,
                "\(queuedPerNamespace) reproductions of this namespace are waiting already, which is the limit of this "
                    + "server; wait for them or cancel some",
                details: ["limit": "\(queuedPerNamespace)", "reason": "queue-full"])
        }
    }
}
