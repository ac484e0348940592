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
}
