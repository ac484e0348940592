import AuditLog
import BlobStore
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Records a failed run, with its log and what it measured; a finished one comes with its version.
    package func createRun(
        _ request: CreateRun, in namespace: ResourceName, as caller: Caller
    ) async throws -> RunRecord {
        let id = RunID(at: clock())
        let refusal = AuditEntry("run.create", namespace: namespace.text, object: "run:\(id)")
        try await requireMayPush(to: namespace, as: caller, refusedAs: refusal)
        try await requireBlobs([], request.run, in: namespace)
        let blobs = blobs
        let run = try await Blocking.run { try CheckedRun(request.run, blobs: blobs) }
        guard run.description.state == .failed else {
            throw RegistryError(
                .invalidRequest, "only a failed run stands alone; a finished one is pushed with its version")
        }
        return try await writeOnce(caller, refusedAs: refusal) { [refusal] db, now in
            let namespaceID = try Namespaces.require(namespace, for: .push, caller, db)
            try RunRows.requireReadable(run.description, caller, db)
            _ = try RunRows.insert(run, id: id, namespace: namespaceID, by: caller.principal, at: now, db)
            var entry = refusal
            entry.after = [
                "kind": .string(run.description.kind.rawValue), "state": .string(run.description.state.rawValue),
            ]
            return Written(try RunRecord.fetch(id, db), entry)
        }
    }

    /// One run.
    package func run(_ id: RunID, as caller: Caller) async throws -> RunRecord {
        let refusal = AuditEntry("run.show", namespace: nil, object: "run:\(id)")
        return try await read(caller, refusedAs: refusal) { db in
            let namespace = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT namespace_id FROM runs WHERE id = ?"), arguments: [id.text])
            guard let namespace else { throw RegistryError.absent("run \(id)") }
            try Authorization.require(.readMetadata, caller, namespace: namespace, hiding: "run \(id)", db)
            return try RunRecord.fetch(id, db)
        }
    }
}
