import CSQLiteDefensive
import Foundation
package import GRDB
package import Migrations
import RegistryTypes

/// How the database file is opened: one writer connection in one process, which alone checkpoints.
package enum RegistryDatabase {
    /// `assa`: marks a SQLite file as Assay's.
    static let applicationID: Int32 = 0x6173_7361

    /// Opens the database, checks its settings and applies the migrations that it lacks.
    ///
    /// Throws `database-corrupt` for a file that is damaged or none of SQLite's, `storage-full`, `schema-too-new` or
    /// `data-folder-unusable`.
    package static func open(
        path: String, migrations: [Migrations.Migration] = Migrations.all
    ) throws -> DatabasePool {
        try makePrivate(path)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                try setDurability(db)
                try assertSettings(db)
                try SchemaUpgrade(path: path, migrations: migrations).apply(db)
            }
            return pool
        } catch let error as DatabaseError {
            let fault = DatabaseFault(error).registryError
            if let fault, fault.code != .storeDegraded { throw fault }
            throw RegistryError(.dataFolderUnusable, "the database \(path) cannot be used: \(error)")
        }
    }

    /// Opens a database that nobody writes to, without changing it.
    static func openForReading(path: String) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw RegistryError(.dataFolderUnusable, "the database \(path) cannot be opened: \(error)")
        }
    }

    /// What holds for every connection; 8 MB of pages are what a page of a hundred scattered versions needs.
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            guard assay_sqlite3_set_defensive(UnsafeMutableRawPointer(db.sqliteConnection)) == 0 else {
                throw RegistryError(.dataFolderUnusable, "SQLite's defensive mode cannot be set")
            }
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA recursive_triggers = ON;
                    PRAGMA cache_size = -8000;
                    """)
        }
        return configuration
    }

    /// Makes the file for the server's user and group alone; SQLite gives the log beside it the same mode.
    private static func makePrivate(_ path: String) throws {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw RegistryError(
                .dataFolderUnusable, "the database \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    /// GRDB sets synchronous=NORMAL for WAL after `prepareDatabase`; FULL must follow the opening.
    private static func setDurability(_ db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;")
    }

    /// Reads every setting back: a server that would lose acknowledged writes does not start.
    static func assertSettings(_ db: Database) throws {
        let expected: [(String, String)] = [
            ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "5000"),
            ("trusted_schema", "0"), ("cell_size_check", "1"), ("recursive_triggers", "1"), ("mmap_size", "0"),
        ]
        for (name, value) in expected {
            let row = try Row.fetchOne(db, sql: "PRAGMA \(name)")
            let found = row.flatMap { DatabaseValue.fromDatabaseValue($0[0])?.storage.description } ?? "nothing"
            guard found == value else {
                throw RegistryError(.dataFolderUnusable, "SQLite's \(name) is \(found), not \(value)")
            }
        }
    }
}

extension DatabaseValue.Storage {
    /// The value as PRAGMA prints it.
    fileprivate var description: String {
        switch self {
        case .int64(let value): String(value)
        case .string(let value): value
        default: "\(self)"
        }
    }
}
