/// The schema's history: SQL files beside this one, embedded in the binary.
package enum Migrations {
    /// One step of the schema.
    package struct Migration: Sendable {
        /// The file's name without its ending; recorded in the database once applied.
        package let name: String
        /// The SQL text.
        package let sql: String
    }

    /// All migrations in order of application. A file that is added to the folder is added here; a test compares.
    package static let all: [Migration] = [
        Migration(name: "0001_initial", bytes: PackageResources._001_initial_sql),
        Migration(name: "0004_integrity", bytes: PackageResources._004_integrity_sql),
    ]
}

extension Migrations.Migration {
    fileprivate init(name: String, bytes: [UInt8]) {
        self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
