/// The schema's history: SQL files beside this one, embedded in the binary.
package enum Migrations {
    /// One step of the schema.
    package struct Migration: Sendable {
        /// The file's name without its ending; recorded in the database once applied.
        package let name: String
        /// The SQL text.
        package let sql: String

        /// Makes a step; tests make steps that do not exist.
        package init(name: String, sql: String) {
            self.name = name
            self.sql = sql
        }
    }

    /// All migrations in order of application. A file that is added to the folder is added here; a test compares.
    package static let all: [Migration] = [
        Migration(name: "0001_initial", bytes: PackageResources._001_initial_sql),
        Migration(name: "0002_uploads", bytes: PackageResources._002_uploads_sql),
        Migration(name: "0003_retention", bytes: PackageResources._003_retention_sql),
        Migration(name: "0004_integrity", bytes: PackageResources._004_integrity_sql),
        Migration(name: "0005_search", bytes: PackageResources._005_search_sql),
        Migration(name: "0006_manifests", bytes: PackageResources._006_manifests_sql),
        Migration(name: "0007_search_streams", bytes: PackageResources._007_search_streams_sql),
        Migration(name: "0008_workers", bytes: PackageResources._008_workers_sql),
        Migration(name: "0009_evidence", bytes: PackageResources._009_evidence_sql),
        Migration(name: "0010_reproduction_requests", bytes: PackageResources._010_reproduction_requests_sql),
        Migration(name: "0011_schedules", bytes: PackageResources._011_schedules_sql),
        Migration(name: "0012_checkpoints", bytes: PackageResources._012_checkpoints_sql),
        Migration(name: "0013_identities", bytes: PackageResources._013_identities_sql),
        Migration(name: "0014_policies", bytes: PackageResources._014_policies_sql),
        Migration(name: "0015_webhooks", bytes: PackageResources._015_webhooks_sql),
        Migration(name: "0016_oversight", bytes: PackageResources._016_oversight_sql),
    ]
}

extension Migrations.Migration {
    fileprivate init(name: String, bytes: [UInt8]) {
        self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
