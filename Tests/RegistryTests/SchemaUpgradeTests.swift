import Foundation
import GRDB
import Migrations
import Registry
import RegistryTypes
import Testing

/// Invariant I24: an upgrade of the schema stands behind a copy of the database as it was.
@Suite final class SchemaUpgradeTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-schema-\(UUID())").path
    private var path: String { folder + "/meta.db" }
    private var copy: String { "\(path).schema-\(Migrations.all.count)" }

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static let next =
        Migrations.all + [.init(name: "9999_next", sql: "CREATE TABLE fresh (n INTEGER) STRICT;")]
    private static let wrong =
        Migrations.all + [.init(name: "9999_wrong", sql: "CREATE TABLE fresh (n INTEGER); NONSENSE;")]

    private func tables(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read {
            try String.fetchAll(
                $0, sql: "SELECT name FROM sqlite_schema WHERE name IN ('fresh', 'blobs') ORDER BY name")
        }
    }

    @Test func theCopyStaysUntilTheNextStart() throws {
        try RegistryDatabase.open(path: path).close()
        #expect(!FileManager.default.fileExists(atPath: copy), "there was nothing to copy")
        try RegistryDatabase.open(path: path, migrations: Self.next).close()
        #expect(try tables(path) == ["blobs", "fresh"])
        #expect(try tables(copy) == ["blobs"])
        try RegistryDatabase.open(path: path, migrations: Self.next).close()
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect { try RegistryDatabase.open(path: self.path) } throws: { ($0 as? RegistryError)?.code == .schemaTooNew }
    }

    @Test func aMigrationThatFailsChangesNothingAndCanBeTriedAgain() throws {
        try RegistryDatabase.open(path: path).close()
        for _ in 0..<2 {
            #expect(throws: RegistryError.self) { try RegistryDatabase.open(path: self.path, migrations: Self.wrong) }
            #expect(try tables(path) == ["blobs"])
            #expect(try tables(copy) == ["blobs"])
        }
        try RegistryDatabase.open(path: path, migrations: Self.next).close()
        #expect(try tables(path) == ["blobs", "fresh"])
    }

    @Test func aHalfWrittenCopyIsWrittenAgain() throws {
        try RegistryDatabase.open(path: path).close()
        try Data("half".utf8).write(to: URL(filePath: copy + ".new"))
        try RegistryDatabase.open(path: path, migrations: Self.next).close()
        #expect(try tables(copy) == ["blobs"])
        #expect(!FileManager.default.fileExists(atPath: copy + ".new"))
    }

    /// Roles that were held before they had a history are known since they were given.
    @Test func anUpgradeKnowsSinceWhenRolesAreHeld() throws {
        let old = try RegistryDatabase.open(path: path, migrations: Migrations.all.filter { $0.name < "0015" })
        try old.write {
            try $0.execute(
                sql: """
                    INSERT INTO principals VALUES ('p', 'person', 0);
                    INSERT INTO memberships VALUES (0, 'p', 'admin', 7, 'server'), (3, 'p', 'reader', 5, 'p');
                    """)
        }
        try old.close()
        let pool = try RegistryDatabase.open(path: path)
        let known = try pool.read { db in
            try String.fetchAll(db, sql: "SELECT role || is_held || changed_at || changed_by FROM membership_changes")
        }
        #expect(known == ["reader15p", "admin17server"])
        try pool.close()
    }

    /// The indexes of searches are filled for versions that were there before as for those that come.
    @Test func anUpgradeFindsTheVersionsThatAreThere() throws {
        let rows = """
            INSERT INTO principals VALUES ('p', 'person', 0);
            INSERT INTO namespaces VALUES (7, 'demo', 0, 'p');
            INSERT INTO collections VALUES (3, 'model', 7, 'm', 0);
            INSERT INTO blobs VALUES (zeroblob(32), 1, 0);
            INSERT INTO artifacts VALUES (zeroblob(32), 1, 0);
            INSERT INTO runs (id, namespace_id, kind, state, source_commit, source_bundle, facts, created_at, created_by)
            VALUES (printf('%026d', 1), 7, 'import', 'finished', 'c0ffee', zeroblob(32), '{}', 0, 'p');
            INSERT INTO metrics VALUES (printf('%026d', 1), 'loss', 1, 0, 'finite', 0.9),
                (printf('%026d', 1), 'loss', 2, 0, 'finite', 0.5), (printf('%026d', 1), 'loss', 2, 8, 'finite', 0.25),
                (printf('%026d', 1), 'auc', 3, 0, 'nan', NULL), (printf('%026d', 1), 'auc', 2, 0, 'finite', 1);
            INSERT INTO versions (id, collection_id, number, artifact, digest, document, run_id, created_at, created_by)
            VALUES (11, 3, 1, zeroblob(32), zeroblob(32), x'', printf('%026d', 1), 0, 'p');
            """
        let upgraded = try RegistryDatabase.open(path: path, migrations: Array(Migrations.all.prefix(6)))
        try upgraded.write { try $0.execute(sql: rows) }
        try upgraded.close()
        let fresh = try RegistryDatabase.open(path: folder + "/fresh.db")
        try fresh.write { try $0.execute(sql: rows) }
        for pool in [try RegistryDatabase.open(path: path), fresh] {
            let found = try pool.read { db in
                try [
                    "SELECT version_id || name || value FROM version_metrics ORDER BY value",
                    "SELECT source_commit || version_id FROM version_commits",
                    "SELECT version_id || ':' || namespace_id || ':' || collection_id FROM version_places",
                ].map { try String.fetchAll(db, sql: $0) }
            }
            #expect(found == [["11loss0.25", "11loss0.5"], ["c0ffee11"], ["11:7:3"]])
            try pool.close()
        }
    }
}
