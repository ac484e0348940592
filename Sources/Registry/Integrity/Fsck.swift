import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// Checks the whole store, database against files and both ways; it changes nothing.
///
/// It reads in many short steps, so that a server can go on writing meanwhile: what looks wrong is looked at a second
/// time before it is reported.
struct Fsck {
    /// Told how far the check is; throws to end it.
    typealias Progress = (_ done: Int64, _ total: Int64) throws -> Void

    let database: any DatabaseReader
    let blobs: FileBlobStore
    /// Files that were written less than so many seconds ago may still be on their way to a row.
    let grace: TimeInterval
    let progress: Progress
    var report: FsckReport
    var done: Int64 = 0
    var total: Int64 = 0

    /// Prepares a check.
    ///
    /// - Parameter readsData: whether every blob is read and hashed.
    init(
        database: any DatabaseReader, blobs: FileBlobStore, readsData: Bool, grace: TimeInterval,
        progress: @escaping Progress
    ) {
        self.database = database
        self.blobs = blobs
        self.grace = grace
        self.progress = progress
        report = FsckReport(readData: readsData)
    }

    /// Carries the check out; takes as long as the disk does.
    mutating func run() throws -> FsckReport {
        try attempt { try $0.checkDatabase() }
        try attempt { try $0.measure() }
        try attempt { try $0.checkBlobs() }
        try attempt { try $0.checkFiles() }
        try attempt { try $0.checkRecipes() }
        try attempt { try $0.checkArtifacts() }
        try attempt { try $0.checkVersions() }
        try attempt { try $0.checkStatements() }
        try attempt { try $0.checkAuditLog() }
        try attempt { try $0.checkHistory() }
        return report
    }

    /// Adds a finding to the report.
    mutating func find(_ object: String, _ problem: FsckFinding.Problem, _ detail: String, _ advice: String) {
        report.add(FsckFinding(object: object, problem: problem, detail: detail, advice: advice))
    }

    /// Notes that so much more was looked at.
    mutating func advance(_ amount: Int64) throws {
        done += amount
        try progress(done, total)
    }

    static let restoreAdvice = "restore the newest backup that is sound; keep this data folder for a closer look"

    /// A part of the check; where the database cannot be read, that is a finding, and the other parts go on. A lack of
    /// descriptors is none: the check fails.
    private mutating func attempt(_ part: (inout Fsck) throws -> Void) throws {
        do {
            try part(&self)
        } catch let error as DatabaseError {
            find(
                "database", .unreadable, "SQLite: \(error.message ?? "error") (\(error.resultCode))", Self.restoreAdvice
            )
        } catch let error as RegistryError where error.code != .internalError && error.code != .busy {
            find("database", .unreadable, error.message, Self.restoreAdvice)
        }
    }

    /// Pages, indexes, constraints and references, as SQLite itself checks them.
    private mutating func checkDatabase() throws {
        let complaints = try database.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(100)") }
        for complaint in complaints where complaint != "ok" {
            find("database", .unreadable, "integrity_check: \(complaint)", Self.restoreAdvice)
        }
        let dangling = try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT \"table\", parent, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2")
        }
        for row in dangling {
            let (table, parent): (String, String) = (try row.checked("table"), try row.checked("parent"))
            find(
                "table:\(table)", .dangling,
                "\(try row.checked("n", as: Int.self)) rows name a row of \(parent) that is not there",
                Self.restoreAdvice)
        }
    }

    private mutating func measure() throws {
        let column = report.readData ? "coalesce(sum(size), 0)" : "count(*)"
        total = try database.read { try Int64.fetchOne($0, sql: "SELECT \(column) FROM blobs") ?? 0 }
    }
}
