import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Asks for a check of the whole store; an administrator of the server may.
    package func requestFsck(_ request: RequestFsck, as caller: Caller) async throws -> UpkeepRecord {
        try await queue(.fsck, request, as: caller) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
        }
    }

    /// Queues some work, and wakes whoever carries it out.
    func queue(
        _ kind: UpkeepRecord.Kind, _ request: some Encodable & Sendable, as caller: Caller,
        check: @escaping @Sendable (Database) throws -> Void
    ) async throws -> UpkeepRecord {
        let entry = AuditEntry("\(kind.rawValue).start", namespace: nil, object: "server")
        let record = try await writeOnce(caller, refusedAs: entry) { db, now in
            try check(db)
            let record = try UpkeepRows.insert(kind, request, by: caller.principal, at: now, db)
            var entry = entry
            entry.object = "\(kind.rawValue):\(record.id)"
            return Written(record, entry)
        }
        upkeep.announce()
        return record
    }

    /// Some work of a kind, with how far it is.
    package func upkeep(_ kind: UpkeepRecord.Kind, _ id: RunID, as caller: Caller) async throws -> UpkeepRecord {
        let refusal = AuditEntry("\(kind.rawValue).show", namespace: nil, object: "\(kind.rawValue):\(id)")
        var record = try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard let record = try UpkeepRows.find(kind, id: id, db) else {
                throw RegistryError.absent("\(kind.rawValue) \(id)")
            }
            return record
        }
        if record.state == .running { record.progress = upkeep.progress(of: id) }
        return record
    }

    /// Ends what a server that stopped or died had begun; safe to repeat (invariant I25).
    package func endInterruptedUpkeep() async throws {
        let reason = RegistryError(.internalError, "the server ended before the work did; ask for it again")
        try await keepBooks { db, now in
            for id in try String.fetchAll(db, sql: "SELECT id FROM upkeep WHERE state = 'running'") {
                try UpkeepRows.end(RunID(id), .failure(reason), at: now, db)
            }
        }
    }

    /// Carries out the oldest work that waits; returns its record, nil if none waits.
    ///
    /// Throws only if the task is cancelled or the database cannot be written; what goes wrong otherwise is recorded.
    package func carryOutUpkeep() async throws -> UpkeepRecord? {
        guard let next = try await keepBooks({ db, now in try UpkeepRows.start(at: now, db) }) else { return nil }
        upkeep.set(.init(done: 0, total: 0), of: next.id)
        let outcome: Result<Data, RegistryError>
        do {
            outcome = .success(try await carryOut(next))
        } catch let error as RegistryError {
            outcome = .failure(error)
        } catch let error as DatabaseError {
            outcome = .failure(RegistryError(.internalError, "SQLite: \(error)"))
        }
        return try await end(next, outcome)
    }

    private func carryOut(_ next: UpkeepRows.Next) async throws -> Data {
        switch next.kind {
        case .fsck:
            try StrictJSON.encode(try await fsck(StrictJSON.decode(RequestFsck.self, from: next.request), next.id))
        case .backup:
            try StrictJSON.encode(try await backUp(StrictJSON.decode(RequestBackup.self, from: next.request), next.id))
        }
    }

    private func end(_ next: UpkeepRows.Next, _ outcome: Result<Data, RegistryError>) async throws -> UpkeepRecord? {
        let entry = AuditEntry("\(next.kind.rawValue).end", namespace: nil, object: "\(next.kind.rawValue):\(next.id)")
        return try await write(.server, refusedAs: entry) { db, now in
            try UpkeepRows.end(next.id, outcome, at: now, db)
            let record = try UpkeepRows.find(next.kind, id: next.id, db)
            var entry = entry
            entry.after = record?.summary
            return Written(record, entry)
        }
    }

    /// Files without a row that are younger are not reported while the server runs: their push may not have ended.
    private static let graceOfFiles = 600.0

    private func fsck(_ request: RequestFsck, _ id: RunID) async throws -> FsckReport {
        let (database, blobs, upkeep) = (database.pool, blobs, upkeep)
        let report = try await Blocking.runCancellably(.idle) { cancellation in
            var fsck = Fsck(
                database: database, blobs: blobs, readsData: request.readData ?? false, grace: Self.graceOfFiles
            ) { done, total in
                try cancellation.check()
                upkeep.set(.init(done: done, total: total), of: id)
            }
            return try fsck.run()
        }
        try await quarantine(report.damagedBlobs)
        return report
    }

    /// Looks at blobs again that something found damaged, and takes those out of service that are.
    func quarantine(_ suspects: [Digest]) async throws {
        for digest in suspects {
            let size = try await database.read { db in
                try Int64.fetchOne(db, sql: "SELECT size FROM blobs WHERE digest = ?", arguments: [Data(digest.bytes)])
            }
            guard let size else { continue }
            let blob = BlobRecord(sha256: digest, size: size)
            if let damage = try await damage(of: blob, pace: { _ in }) { try await quarantine(digest, damage) }
        }
    }
}

extension FsckReport {
    /// The blobs whose bytes must not be served.
    var damagedBlobs: [Digest] {
        findings.compactMap { finding in
            guard finding.object.hasPrefix("blob:") else { return nil }
            return try? Digest(finding.object.dropFirst("blob:".count))
        }
    }
}

extension UpkeepRecord {
    /// What the audit log says of its end.
    fileprivate var summary: JSONValue {
        if let fsck { return ["findings": .integer(fsck.findings.count + fsck.omitted)] }
        if let backup {
            return [
                "database": .string(backup.manifest.database.description),
                "missing": .integer(backup.manifest.missing.count),
            ]
        }
        return ["failed": true]
    }
}
