import AuditLog
import BlobStore
import Foundation
import GRDB
import Migrations
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Opening, the write transaction, the audit log and who may do what.
@Suite final class ModelRegistryTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-registry-\(UUID())").path

    /// Time stands still until a test moves it.
    final class ManualClock: Sendable {
        let now = Mutex<Int64>(1_700_000_000_000)
    }

    let clock = ManualClock()

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func open() throws -> ModelRegistry {
        try ModelRegistry(dataFolder: folder, clock: { [clock] in clock.now.withLock { $0 } })
    }

    private func expect(_ code: ErrorCode, _ operation: () async throws -> Void) async {
        do {
            try await operation()
            Issue.record("expected \(code.rawValue)")
        } catch {
            #expect((error as? RegistryError)?.code == code, "\(error)")
        }
    }

    @Test func aSecondServerIsRefused() async throws {
        let first = try open()
        await expect(.dataFolderInUse) { _ = try self.open() }
        try first.close()
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try open().close()
        let queue = try DatabaseQueue(path: folder + "/meta.db")
        try await queue.write { try $0.execute(sql: "PRAGMA user_version = 999") }
        try queue.close()
        await expect(.schemaTooNew) { _ = try self.open() }
    }

    @Test func aForeignDatabaseIsRefused() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder + "/meta.db")
        try await queue.write { try $0.execute(sql: "PRAGMA application_id = 77; CREATE TABLE mine (x)") }
        try queue.close()
        await expect(.dataFolderUnusable) { _ = try self.open() }
    }

    @Test func migrationsAreTheFolder() throws {
        let migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: migrations.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(Migrations.all.map { $0.name + ".sql" } == files)
        for migration in Migrations.all {
            let text = try String(contentsOf: migrations.appending(path: migration.name + ".sql"), encoding: .utf8)
            #expect(migration.sql == text)
        }
    }

    @Test func historyCannotBeRewritten() async throws {
        let registry = try open()
        _ = try await registry.bootstrap()
        try registry.close()
        let queue = try DatabaseQueue(path: folder + "/meta.db")
        for sql in [
            "UPDATE audit_entries SET entry = x'00'", "DELETE FROM audit_entries",
            "INSERT INTO audit_entries VALUES (7, x'00', zeroblob(32), NULL)",
        ] {
            await #expect(throws: DatabaseError.self) { try await queue.write { try $0.execute(sql: sql) } }
        }
        let triggers = try await queue.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")
        }
        #expect(triggers == 29)
        try queue.close()
    }

    @Test func theFirstTokenIsGivenOnce() async throws {
        let registry = try open()
        let token = try #require(try await registry.bootstrap())
        #expect(try await registry.bootstrap() == nil)
        let caller = try await registry.authenticate(token.revealed, requestID: "r1")
        #expect(caller.principal.hasPrefix("p_"))
        await expect(.unauthenticated) {
            _ = try await registry.authenticate(APIToken.random().revealed, requestID: "r")
        }
        await expect(.unauthenticated) { _ = try await registry.authenticate("nonsense", requestID: "r") }
        clock.now.withLock { $0 += 91 * 86_400_000 }
        await expect(.tokenExpired) { _ = try await registry.authenticate(token.revealed, requestID: "r") }
    }

    @Test func everyWriteHasAnEntryAndEveryRefusalToo() async throws {
        let registry = try open()
        let token = try #require(try await registry.bootstrap())
        let admin = try await registry.authenticate(token.revealed, requestID: "r1")
        let stranger = Caller(principal: "p_stranger", authentication: "token:x", requestID: "r2")
        let name = try ResourceName("risk")
        await expect(.forbidden) { _ = try await registry.createNamespace(name, as: stranger) }
        _ = try await registry.createNamespace(name, as: admin)
        await expect(.alreadyExists) { _ = try await registry.createNamespace(try ResourceName("RISK"), as: admin) }
        await expect(.invalidName) { _ = try await registry.createNamespace(try ResourceName("Models"), as: admin) }

        let data = Data("bytes".utf8)
        let digest = Digest.of(data)
        let upload = try registry.blobs.beginUpload()
        try data.withUnsafeBytes { try upload.write($0) }
        let (blob, _) = try await registry.finishUpload(upload, expecting: digest, size: 5, in: name, as: admin)
        #expect(blob == BlobRecord(sha256: digest, size: 5))
        let reader = try await registry.openBlob(digest, in: name, as: admin)
        #expect(reader.size == 5)
        await expect(.notFound) { _ = try await registry.openBlob(digest, in: name, as: stranger) }
        await expect(.notFound) { try await registry.checkMayPush(to: name, as: stranger) }

        let entries = try await registry.auditEntries(after: -1, limit: 100)
        #expect(
            entries.map { $0.entry["action"]?.string } == [
                "server.initialise", "namespace.create.refuse", "namespace.create", "blob.put",
            ])
        #expect(entries.map { $0.entry["seq"]?.int } == [0, 1, 2, 3])
        #expect(entries[1].entry["after"]?.string == "forbidden")
        for record in entries {
            #expect(MerkleTree.leafHash(try record.entry.canonicalBytes()) == record.leaf)
        }
    }

    @Test func bytesOfOneNamespaceAreUnknownInAnother() async throws {
        let registry = try open()
        let token = try #require(try await registry.bootstrap())
        let admin = try await registry.authenticate(token.revealed, requestID: "r1")
        for name in ["one", "two"] { _ = try await registry.createNamespace(try ResourceName(name), as: admin) }
        let upload = try registry.blobs.beginUpload()
        let digest = Digest.of(Data())
        _ = try await registry.finishUpload(upload, expecting: digest, size: 0, in: try ResourceName("one"), as: admin)
        await expect(.notFound) { _ = try await registry.openBlob(digest, in: try ResourceName("two"), as: admin) }
    }
}
