import Foundation
import GRDB
import Migrations
import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Brings a database up to the schema of this program, behind a copy of it as it was (invariant I24).
struct SchemaUpgrade {
    /// The database file.
    let path: String
    /// All migrations in their order.
    let migrations: [Migrations.Migration]

    /// Applies what is missing. The copy is removed by the first start that finds nothing to do.
    func apply(_ db: Database) throws {
        let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let applied = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard owner == RegistryDatabase.applicationID || (owner == 0 && applied == 0) else {
            throw RegistryError(.dataFolderUnusable, "meta.db is not a database of Assay")
        }
        guard applied <= migrations.count else {
            throw RegistryError(
                .schemaTooNew,
                "the database has schema \(applied), but this program knows \(migrations.count); start the newer "
                    + "version of Assay")
        }
        guard applied < migrations.count else { return removeCopies() }
        if applied > 0 { try copy(db, schema: applied) }
        for (index, migration) in migrations.enumerated() where index >= applied {
            try apply(migration, as: index + 1, db)
            RecoveryStep.migrationApplied.reached()
        }
        if applied > 0 { try check(db) }
        RecoveryStep.schemaChecked.reached()
    }

    /// Where the copy of the database with a schema is kept.
    private func copyPath(schema: Int) -> String { "\(path).schema-\(schema)" }

    private func apply(_ migration: Migrations.Migration, as number: Int, _ db: Database) throws {
        try db.inTransaction(.immediate) {
            try db.execute(sql: migration.sql)
            try db.execute(
                sql: "PRAGMA application_id = \(RegistryDatabase.applicationID); PRAGMA user_version = \(number)")
            guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
                throw RegistryError(.dataFolderUnusable, "migration \(migration.name) leaves dangling rows")
            }
            return .commit
        }
    }

    /// Writes the copy under another name first, so that one of the right name is whole.
    private func copy(_ db: Database, schema: Int) throws {
        let place = copyPath(schema: schema)
        let half = place + ".new"
        unlink(half)
        try db.execute(sql: "VACUUM INTO ?", arguments: [half])
        try sync(half)
        guard rename(half, place) == 0 else {
            throw RegistryError(.dataFolderUnusable, "cannot rename \(half): \(String(cString: strerror(errno)))")
        }
        try sync(URL(filePath: path).deletingLastPathComponent().path)
        RecoveryStep.databaseCopied.reached()
    }

    private func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw RegistryError(.dataFolderUnusable, "cannot sync \(path): \(String(cString: strerror(errno)))")
        }
    }

    private func check(_ db: Database) throws {
        let found = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
        guard found == ["ok"] else {
            throw RegistryError(
                .databaseCorrupt,
                "the database is damaged after its upgrade (\(found.joined(separator: "; "))); the copy \(path).schema-… "
                    + "beside it is from before")
        }
    }

    private func removeCopies() {
        for schema in 1...max(1, migrations.count) {
            for place in [copyPath(schema: schema), copyPath(schema: schema) + ".new"] { unlink(place) }
        }
    }
}
