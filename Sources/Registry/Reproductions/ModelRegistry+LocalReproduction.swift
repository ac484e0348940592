import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Begins a reproduction that whoever asks for it carries out, with the token of that one job.
    ///
    /// No worker ever gets it: one whose caller is lost ends as `worker-lost`, or when it is cancelled.
    package func beginLocalReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in place: CollectionKind = .model,
        tolerances later: Recipe.Comparison? = nil, as caller: Caller
    ) async throws -> LocalReproduction {
        try later?.check()
        try await prepareSigningKey()
        let (id, token, beat) = (RunID(at: clock()), APIToken.random(), leaseClock.now)
        var refusal = AuditEntry(
            "reproduction.request", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        var facts: [String: JSONValue] = [
            "kind": .string(kind.rawValue), "reproduction": .string(id.text), "worker": .string(caller.principal),
        ]
        if later != nil { facts["tolerance"] = "post-hoc" }
        refusal.after = .object(facts)
        return try await write(caller, refusedAs: refusal) { [refusal] db, now in
            let collection = try CollectionRows.require(place, reference.name, for: .reproduce, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            let run = try OriginalRun.of(version, db)
            try Self.requireInputs(of: run, caller, db)
            try db.execute(
                sql: """
                    INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, compare,
                        reserved_for, started_at, heartbeat_at, attempts, lease)
                    VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id.text, version.id, kind.rawValue, caller.principal, now,
                    try later.map { String(decoding: try StrictJSON.encode($0), as: UTF8.self) }, caller.principal,
                    now, beat, Self.mostAttempts, token.id,
                ])
            let obstacle = run.obstacle(to: kind)
            if let obstacle {
                _ = try conclude(try ReproductionRows.require(id, db), with: obstacle, at: now, db)
            } else {
                try WorkerRows.insertIfEmbedded(.embedded, at: now, db)
                try Self.replaceToken(of: id, by: token, for: .embedded, at: now, db)
            }
            return Written(
                LocalReproduction(
                    record: try ReproductionRows.require(id, db).record,
                    token: obstacle == nil ? token.revealed : nil),
                refusal.naming(version, of: collection, place))
        }
    }
}
