import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization

extension TestRegistry {
    static let day: Int64 = 86_400_000

    /// Lets time pass, and the registry see it pass.
    func pass(_ milliseconds: Int64) async throws {
        var rest = milliseconds
        while rest > 0 {
            let step = min(rest, 3_600_000)
            clock.now.withLock { $0 += step }
            try await registry.observeClock()
            rest -= step
        }
    }

    /// Collects as the server does, however much goes.
    @discardableResult
    func collect(isForced: Bool = true) async throws -> GarbageReport {
        try await registry.collectGarbage(CollectGarbage(force: isForced), as: admin)
    }

    /// What a collection would do.
    func dryRun() async throws -> GarbageReport {
        try await registry.collectGarbage(CollectGarbage(dryRun: true), as: admin)
    }

    /// Removes a version of a model as the administrator.
    @discardableResult
    func remove(_ version: VersionSummary, kind: CollectionKind = .model) async throws -> VersionSummary {
        try await registry.removeVersion(
            VersionReference(name: version.name, selector: .number(version.number)), kind: kind, as: admin)
    }

    /// Pushes a version of one file.
    func push(_ name: String, text: String) async throws -> VersionSummary {
        try await push(name, [try await file("w.bin", Data(text.utf8))])
    }

    /// Whether the bytes of a text have a row, and whether they have a file.
    func isStored(_ text: String) async throws -> (row: Bool, file: Bool) {
        let digest = Digest.of(Data(text.utf8))
        let count = try await fetch("SELECT count(*) FROM blobs WHERE digest = ?", [Data(digest.bytes)])
        return (count == 1, registry.blobs.contains(digest))
    }

    /// A number from the database.
    func fetch(_ sql: String, _ arguments: StatementArguments = StatementArguments()) async throws -> Int64 {
        let queue = try DatabaseQueue(path: folder + "/meta.db")
        defer { try? queue.close() }
        return try await queue.read { try Int64.fetchOne($0, sql: sql, arguments: arguments) ?? -1 }
    }

    /// The actions in the audit log, oldest first.
    func actions() async throws -> [String] {
        try await registry.auditLog(of: nil, PageRequest(limit: 1000), as: admin).items
            .compactMap { $0.entry["action"]?.string }
    }
}

extension GarbageReport {
    /// What became of the bytes of a text: `swept unreferenced`.
    func fate(of text: String) -> String? {
        decisions.first { $0.sha256 == Digest.of(Data(text.utf8)) }.map { "\($0.outcome.rawValue) \($0.reason)" }
    }
}
