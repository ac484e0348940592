import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Invariants I22 and I23: a backup is one consistent state, and whatever happens to one, the earlier ones stay.
@Suite struct BackupTests {
    private func restore(_ test: TestRegistry, from backup: String? = nil, allowsIncomplete: Bool = false) async throws
        -> (folder: String, outcome: Restore.Outcome)
    {
        let folder = test.folder + "-restored-\(UUID())"
        let outcome = try await Restore(
            backup: backup ?? test.backups, target: folder, allowsIncomplete: allowsIncomplete
        ).run()
        return (folder, outcome)
    }

    private func manifest(_ id: RunID, _ test: TestRegistry) -> String { "\(test.backups)/snapshots/\(id).json" }

    @Test func I22_restoresWhatWasThere() async throws {
        let test = try await TestRegistry()
        let reference = try await test.train([
            "w.safetensors": TestRecipe.safetensors([1, 2]), "m.json": Data(#"{"loss":1}"#.utf8),
        ])
        let before = try await test.registry.version(reference, kind: .model, as: test.approver)
        let report = try await test.backUp(RequestBackup(verify: true))
        #expect(report.verified && report.manifest.isComplete && report.copiedBlobs == 2 && report.manifest.blobs == 2)
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).count
        // What comes later is not in it, not even the end of the backup.
        _ = try await test.push("demo/later", [try await test.file("f", Data("later".utf8))])
        let (folder, outcome) = try await restore(test)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(outcome.report.isSound && outcome.manifest == report.manifest)
        #expect(outcome.manifest.auditEntries == Int64(entries - 1))
        let restored = try ModelRegistry(dataFolder: folder, clock: { 0 })
        #expect(try await restored.version(reference, kind: .model, as: test.approver).summary == before.summary)
        await expectError(.notFound) {
            _ = try await restored.version(
                VersionReference(name: QualifiedName("demo/later"), selector: .latest), kind: .model, as: test.approver)
        }
        #expect(!FileManager.default.fileExists(atPath: folder + ".restoring"))
        // What the backup itself had begun has ended with the old server.
        try await restored.endInterruptedUpkeep()
        #expect(try await restored.upkeep(.backup, report.manifest.id, as: test.admin).state == .failed)
    }

    @Test func I22_theSecondBackupCopiesOnlyWhatIsNew() async throws {
        let test = try await TestRegistry()
        for text in ["a", "b", "c"] { _ = try await test.file(text, Data(text.utf8)) }
        #expect(try await test.backUp().copiedBlobs == 3)
        #expect(try await test.backUp().copiedBlobs == 0)
        _ = try await test.file("d", Data("dd".utf8))
        let third = try await test.backUp()
        #expect(third.copiedBlobs == 1 && third.copiedBytes == 2 && third.manifest.blobs == 4)
        #expect(try await test.registry.backups(as: test.admin).items.count == 3)
    }

    @Test func I22_neverTakesWrongBytes() async throws {
        let test = try await TestRegistry()
        _ = try await test.file("a", Data("good".utf8))
        let bad = try await test.file("b", Data("weights".utf8))
        try Damage.flip(test.registry.blobs.path(of: bad.sha256), at: 1)
        let report = try await test.backUp()
        #expect(report.manifest.missing == [bad.sha256] && !report.manifest.isComplete && report.copiedBlobs == 1)
        #expect(!FileBlobStore(reading: test.backups).contains(bad.sha256))
        // Found is found: the bytes are out of service.
        await expectError(.blobCorrupt) { _ = try await test.bytes(of: bad) }
        await expectError(.notFound) { _ = try await restore(test) }
        await expectError(.integrityFailure) { _ = try await restore(test, from: manifest(report.manifest.id, test)) }
        let (folder, outcome) = try await restore(test, allowsIncomplete: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(outcome.report.findings.map(\.object) == ["blob:\(bad.sha256)"])
    }

    @Test func theBackupStillHasWhatTheStoreLost() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("b", Data("weights".utf8))
        _ = try await test.backUp()
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 1)
        try await test.scrub()
        #expect(try await test.backUp().manifest.isComplete)
    }

    @Test func keepsSoManyAndWhatTheyName() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("a", Data("a".utf8))
        let first = try await test.backUp()
        let second = try await test.backUp()
        let third = try await test.backUp(RequestBackup(keep: 2))
        #expect(third.removed == [first.manifest.id])
        let left = try await test.registry.backups(as: test.admin).items.map(\.id)
        #expect(left == [third.manifest.id, second.manifest.id])
        let blobs = FileBlobStore(reading: test.backups)
        #expect(blobs.contains(file.sha256) && blobs.contains(second.manifest.database))
        #expect(!blobs.contains(first.manifest.database))
        for id in left {
            let (folder, _) = try await restore(test, from: manifest(id, test))
            try FileManager.default.removeItem(atPath: folder)
        }
        await expectError(.invalidRequest) { _ = try await test.backUp(RequestBackup(keep: 0)) }
    }

    @Test func incompleteBackupsDriveNoCompleteOneOut() async throws {
        let test = try await TestRegistry()
        _ = try await test.file("a", Data("a".utf8))
        let complete = try await test.backUp()
        let bad = try await test.file("b", Data("weights".utf8))
        try Damage.flip(test.registry.blobs.path(of: bad.sha256), at: 1)
        for _ in 0..<2 { #expect(try await test.backUp(RequestBackup(keep: 1)).removed == []) }
        let (folder, outcome) = try await restore(test)
        try FileManager.default.removeItem(atPath: folder)
        #expect(outcome.manifest.id == complete.manifest.id)
    }

    @Test(arguments: ["blob", "database", "manifest"]) func I22_aDamagedBackupIsNotRestored(part: String) async throws {
        let test = try await TestRegistry()
        let file = try await test.file("a", Data("some bytes".utf8))
        let backup = try await test.backUp().manifest
        let blobs = FileBlobStore(reading: test.backups)
        switch part {
        case "blob": try Damage.flip(blobs.path(of: file.sha256), at: 4)
        case "database": try Damage.flip(blobs.path(of: backup.database), at: 5000)
        default:
            var other = backup
            other.auditRoot = Digest.of(Data())
            try StrictJSON.encode(other).write(to: URL(filePath: manifest(backup.id, test)))
        }
        await expectError(part == "manifest" ? .integrityFailure : .blobCorrupt) { _ = try await restore(test) }
        // The next backup that looks finds it, and the one after it is whole again.
        guard part == "blob" else { return }
        await expectError(.internalError) { _ = try await test.backUp(RequestBackup(verify: true)) }
        #expect(try await test.backUp(RequestBackup(verify: true)).copiedBlobs == 1)
    }

    @Test func restoresOnlyToAFolderWithNothingInIt() async throws {
        let test = try await TestRegistry()
        _ = try await test.backUp()
        await expectError(.conflict) {
            _ = try await Restore(backup: test.backups, target: test.folder, allowsIncomplete: false).run()
        }
        await expectError(.notFound) {
            _ = try await Restore(backup: test.folder, target: test.folder + "-x", allowsIncomplete: false).run()
        }
    }

    @Test func oneAtATime_andNoneWithoutAFolder() async throws {
        let test = try await TestRegistry()
        let first = try await test.registry.requestBackup(RequestBackup(), as: test.admin)
        let error = await expectError(.conflict) {
            _ = try await test.registry.requestBackup(RequestBackup(), as: test.admin)
        }
        #expect(error?.details["id"] == first.id.text)
        let plain = try ModelRegistry(dataFolder: test.folder + "/plain", clock: { 0 })
        guard let token = try await plain.bootstrap() else { return }
        let admin = try await plain.authenticate(token.revealed, requestID: "t")
        await expectError(.conflict) { _ = try await plain.requestBackup(RequestBackup(), as: admin) }
    }

    @Test func I25_whatAServerLeftRunningIsEndedByTheNext() async throws {
        let test = try await TestRegistry()
        let record = try await test.registry.requestFsck(RequestFsck(), as: test.admin)
        try await test.execute("UPDATE upkeep SET state = 'running', started_at = 1 WHERE id = ?", [record.id.text])
        for _ in 0..<2 {
            try await test.registry.endInterruptedUpkeep()
            #expect(try await test.registry.upkeep(.fsck, record.id, as: test.admin).state == .failed)
        }
        #expect(try await test.fsck().isSound)
    }

    @Test func I23_regularBackupsComeWhenTheLastIsOldEnough() async throws {
        let test = try await TestRegistry()
        func ask() async throws -> Bool {
            try await test.registry.requestBackup(olderThan: 7_200_000, keep: nil)
            return try await test.registry.carryOutUpkeep() != nil
        }
        #expect(try await ask())
        #expect(try await !ask())
        test.clock.now.withLock { $0 += 7_200_000 }
        #expect(try await ask())
        // After a failure not at once again, but sooner than regularly.
        test.clock.now.withLock { $0 += 7_200_000 }
        try FileManager.default.removeItem(atPath: test.backups)
        try Data().write(to: URL(filePath: test.backups))
        #expect(try await ask())
        #expect(try await !ask())
        test.clock.now.withLock { $0 += 3_600_000 }
        #expect(try await ask())
    }
}
