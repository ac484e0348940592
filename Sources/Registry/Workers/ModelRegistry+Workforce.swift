import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Says what would keep workers from carrying out jobs that need something; for whoever may ask for such jobs.
    package func checkWorkers(
        for needs: JobNeeds, in namespace: ResourceName, as caller: Caller
    ) async throws -> [RecipeFinding] {
        let (own, now) = (ownWorker.state, clock())
        let refusal = AuditEntry("worker.check", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            _ = try Namespaces.require(namespace, for: .reproduce, caller, db)
            return try Workforce(own: own, db).findings(for: needs, at: now)
        }
    }

    /// A reproduction with the reason why nobody takes it, if it waits and nobody who could is connected.
    func withAbsence(_ record: ReproductionRecord, at now: Int64, _ db: Database) throws -> ReproductionRecord {
        guard record.state == .queued else { return record }
        var record = record
        record.waiting = try Workforce(own: ownWorker.state, db)
            .absence(for: ReproductionRows.needs(of: record.id, db), at: now)
        return record
    }
}
