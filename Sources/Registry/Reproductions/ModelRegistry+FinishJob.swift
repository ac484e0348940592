import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Takes a worker's report, judges it, and ends the reproduction: run and verdict in one transaction.
    ///
    /// A report that comes again after the end changes nothing.
    package func finishJob(_ id: RunID, _ result: JobResult, as caller: Caller) async throws {
        try result.check()
        guard let reproduced = try await reproducedRun(id, result, as: caller) else { return }
        try await keepBooks { db, _ in
            try db.execute(
                sql: "UPDATE reproductions SET phase = 'comparing' WHERE id = ? AND state = 'running'",
                arguments: [id.text])
        }
        let blobs = blobs
        let (verdict, metrics) = try await Blocking.run { try VerdictBuilder(run: reproduced, blobs: blobs).verdict() }
        let runID = RunID(at: clock())
        try await prepareSigningKey()
        let refusal = AuditEntry("reproduction.end", namespace: nil, object: "reproduction:\(id)")
        try await write(caller, refusedAs: refusal) { db, now in
            let stored = try Self.requireJob(id, caller, db)
            var recorded: RunID?
            if result.notVerifiable == nil {
                recorded = runID
                let run = CheckedRun(repeating: reproduced.recipe, reproduced.description(metrics))
                _ = try RunRows.insert(
                    run, id: runID, subject: stored.version.id, namespace: stored.namespace, by: caller.principal,
                    at: now, db)
            }
            let isCancelled = verdict.reason == JobResult.cancelled
            try Self.close(job: id, hasLog: result.log != nil && recorded != nil, at: now, db)
            guard !isCancelled else {
                try ReproductionRows.end(id, with: nil, run: recorded, at: now, db)
                return Written((), stored.endEntry(nil, run: recorded))
            }
            let statement = try conclude(
                stored, with: verdict,
                Conclusion(run: recorded, facts: result.facts, log: result.log, outputs: result.outputs), at: now, db)
            return Written((), stored.endEntry(verdict, run: recorded, statement: statement))
        }
    }

    /// Reads both sides of the comparison; nil if the job has ended already.
    private func reproducedRun(_ id: RunID, _ result: JobResult, as caller: Caller) async throws -> ReproducedRun? {
        try await database.read { db in
            if caller.job == id, try ReproductionRows.require(id, db).record.endedAt != nil { return nil }
            let stored = try Self.requireJob(id, caller, db)
            guard result.failure != JobResult.cancelled || stored.isCancelRequested else {
                throw RegistryError(.conflict, "nobody asked for the end of the job \(id)")
            }
            let recipe = try Self.recipe(of: stored, db)
            if !result.outputs.isEmpty { _ = try ArtifactManifest(result.outputs) }
            for file in result.outputs {
                guard recipe.outputs.contains(where: { $0.path == file.path && $0.role.counts }) else {
                    throw RegistryError(.invalidRequest, "the recipe declares no output \(file.path) that counts")
                }
                try Self.requireUpload(of: file.sha256, size: file.size, toJob: stored, db)
            }
            if let log = result.log { try Self.requireUpload(of: log, toJob: stored, db) }
            return ReproducedRun(
                kind: stored.record.kind, original: try OriginalRun.of(stored.version, db), recipe: recipe,
                later: stored.record.compare, files: try ArtifactRows.files(of: stored.version.artifact, db),
                metrics: try RunRows.metrics(of: stored.version.run, db), result: result,
                worker: stored.local.map { "local: \($0)" } ?? stored.record.worker ?? Worker.embedded.name)
        }
    }

    /// The token ends soon, but not at once: the report may come again. The log is a blob now, if it was sent.
    private static func close(job id: RunID, hasLog: Bool, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE tokens SET expires_at = min(expires_at, ?) WHERE reproduction_id = ?",
            arguments: [now + 300_000, id.text])
        guard hasLog else { return }
        try db.execute(sql: "DELETE FROM reproduction_log WHERE reproduction_id = ?", arguments: [id.text])
    }
}

extension ReproducedRun {
    /// The run that repeated the original, as it is recorded.
    fileprivate func description(_ metrics: [Metric]) -> RunDescription {
        RunDescription(
            kind: kind == .retrain ? .train : .evaluate, state: result.failure == nil ? .finished : .failed,
            recipe: recipe, metrics: metrics, facts: result.facts, log: result.log)
    }
}

extension ReproductionRows.Stored {
    /// The entry that records the end.
    func endEntry(_ verdict: Verdict?, run: RunID? = nil, statement: Digest? = nil) -> AuditEntry {
        AuditEntry(
            "reproduction.end", namespace: record.version.name.namespace.text, object: "reproduction:\(record.id)",
            digest: record.versionDigest,
            after: [
                "run": .optional(run?.text), "statement": .optional(statement?.description),
                "verdict": .string(verdict?.verdict.rawValue ?? "cancelled"),
            ])
    }
}
