import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// What a start does after a server that did not end well (invariants I4, I18, I24 and I25).
@Suite struct RecoveryTests {
    private func open(_ folder: String) throws -> ModelRegistry { try ModelRegistry(dataFolder: folder, clock: { 0 }) }

    /// A copy of a data folder as a dying server leaves it.
    private func left(by test: TestRegistry) throws -> String {
        let copy = test.folder + "-left"
        try FileManager.default.copyItem(atPath: test.folder, toPath: copy)
        return copy
    }

    private func overwrite(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.write(contentsOf: Data("W".utf8))
        try handle.close()
    }

    /// Brings all pages into the file, or those in the log beside it would be read instead.
    private func emptyLog(_ path: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try database.close()
    }

    private func isServed(_ file: ArtifactFile, _ registry: ModelRegistry) -> Bool {
        (try? registry.blobs.open(file.sha256, size: file.size)) != nil
    }

    @Test func bytesThatNeverReachedTheDiskAreFoundAndNotServed() async throws {
        let test = try await TestRegistry()
        let lost = try await test.file("lost.bin", Data("weights".utf8))
        let kept = try await test.file("kept.bin", Data("others".utf8))
        let folder = try left(by: test)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try overwrite(FileBlobStore(dataFolder: folder).path(of: lost.sha256))
        // A start that ends before the bytes were read back leaves that to the next one.
        try open(folder).close()
        let proving = try open(folder)
        #expect(try await proving.proveWritten() == [lost.sha256])
        try proving.close()
        // The doubt outlives a start.
        for _ in 0..<2 {
            let registry = try open(folder)
            #expect(registry.doubtedBlobs == [lost.sha256])
            #expect(try await registry.proveWritten().isEmpty)
            #expect(!isServed(lost, registry) && isServed(kept, registry))
            #expect(try await registry.gauges().doubtedBlobs == 1)
            try registry.close()
        }
        let registry = try open(folder)
        let upload = try registry.blobs.beginUpload()
        try Data("weights".utf8).withUnsafeBytes { try upload.write($0) }
        _ = try upload.finish(expecting: lost.sha256)
        #expect(isServed(lost, registry))
        try registry.close()
        #expect(try open(folder).doubtedBlobs.isEmpty)
    }

    @Test func nothingReliesOnBytesThatWereNotReadBack() async throws {
        let test = try await TestRegistry()
        let lost = try await test.file("lost.bin", Data("weights".utf8))
        let kept = try await test.file("kept.bin", Data("others".utf8))
        let folder = try left(by: test)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try overwrite(FileBlobStore(reading: folder).path(of: lost.sha256))
        let registry = try open(folder)
        #expect(registry.blobs.health.unproven == [lost.sha256, kept.sha256])
        await expectError(.blobCorrupt) {
            _ = try await registry.pushVersion(
                CreateModelVersion(files: [lost], run: RunDescription(kind: .import)), of: QualifiedName("demo/m"),
                as: test.pusher)
        }
        _ = try await registry.pushVersion(
            CreateModelVersion(files: [kept], run: RunDescription(kind: .import)), of: QualifiedName("demo/m"),
            as: test.pusher)
        #expect(!registry.blobs.health.unproven.contains(kept.sha256), "what a push read back is not read again")
        try registry.close()
    }

    @Test func nothingIsReadBackAfterACleanEnd() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("weights.bin", Data("weights".utf8))
        let registry = test.registry
        try registry.close()
        let folder = try left(by: test)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try overwrite(registry.blobs.path(of: file.sha256).replacingOccurrences(of: test.folder, with: folder))
        #expect(try open(folder).blobs.health.unproven.isEmpty)
    }

    @Test func aDegradedStoreLeavesTheMarkWhereItWas() async throws {
        let test = try await TestRegistry()
        _ = try await test.file("weights.bin", Data("weights".utf8))
        let before = FileManager.default.contents(atPath: test.folder + "/good-mark.json")
        test.registry.blobs.health.degrade(RegistryError(.storeDegraded, "a test"))
        try test.registry.close()
        #expect(FileManager.default.contents(atPath: test.folder + "/good-mark.json") == before)
    }

    @Test(arguments: [0, 100, 5000]) func aDamagedDatabaseIsNamed(offset: Int) async throws {
        let test = try await TestRegistry()
        try test.registry.close()
        let folder = try left(by: test)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try emptyLog(folder + "/meta.db")
        let handle = try FileHandle(forWritingTo: URL(filePath: folder + "/meta.db"))
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 9000))
        try handle.close()
        do {
            let registry = try open(folder)
            _ = try await registry.bootstrap()
            _ = try await registry.gauges()
            _ = try await registry.auditEntries(after: -1, limit: 1000)
            Issue.record("a damaged database is read")
        } catch {
            #expect((error as? RegistryError)?.code == .databaseCorrupt, "\(error)")
            #expect("\(error)".contains("restore the last backup"))
        }
    }

    /// A server that cannot write its mark says so, and lets the next one in.
    @Test func aMarkThatCannotBeWrittenIsNamed() async throws {
        let test = try await TestRegistry()
        let kept = try await test.file("kept.bin", Data("others".utf8))
        let obstacle = test.folder + "/good-mark.json.new"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        #expect {
            try test.registry.close()
        } throws: { error in
            (error as? RegistryError)?.code == .dataFolderUnusable && "\(error)".contains(obstacle)
        }
        try FileManager.default.removeItem(atPath: obstacle)
        let next = try open(test.folder)
        #expect(isServed(kept, next))
        try next.close()
    }
}
