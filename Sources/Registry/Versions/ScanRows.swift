import GRDB
import RegistryTypes

/// What was found in the files of versions.
enum ScanRows {
    /// Records what was found when a version was pushed; it never changes.
    static func insert(_ files: ScannedFiles, of version: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO version_scans (version_id, document) VALUES (?, ?)",
            arguments: [version, String(decoding: try StrictJSON.encode(files), as: UTF8.self)])
    }

    /// What was found; nil for a version that was pushed before files were looked through.
    static func fetch(_ version: Int64, _ db: Database) throws -> ScannedFiles? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT document FROM version_scans WHERE version_id = ?"), arguments: [version]
        ).map { try $0.document("document") }
    }
}
