import BlobStore
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Invariant I19: damaged bytes are found, never served, and whole again once they are pushed again.
@Suite struct ScrubTests {
    private static let content = Data("some weights".utf8)

    @Test(arguments: BlobProblem.allCases) func I19_findsAndQuarantinesWhatIsDamaged(problem: BlobProblem) async throws
    {
        let test = try await TestRegistry()
        let (good, bad) = (try await test.file("a", Data("good".utf8)), try await test.file("b", Self.content))
        let path = test.registry.blobs.path(of: bad.sha256)
        switch problem {
        case .missing: try FileManager.default.removeItem(atPath: path)
        case .wrongLength: try Damage.cut(path, to: 5)
        case .wrongBytes: try Damage.flip(path, at: 3)
        case .unreadable:
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        #expect(try await test.scrub() == 2)
        let status = try await test.registry.scrubStatus(as: test.admin)
        #expect(status.corrupt.map(\.sha256) == [bad.sha256] && status.corrupt.map(\.problem) == [problem])
        #expect(status.blobs == 1 && status.readBlobs == 2)
        #expect(test.quarantined.count == (problem == .missing ? 0 : 1))
        #expect(try await test.actions(on: "blob:\(bad.sha256)") == ["blob.put", "blob.quarantine"])
        await expectError(.blobCorrupt) { _ = try await test.bytes(of: bad) }
        #expect(try await test.bytes(of: good) == Data("good".utf8))
        // It is not looked for again and again.
        #expect(try await test.scrub() == 1)
        #expect(try await test.actions(on: "blob:\(bad.sha256)").count == 2)
    }

    @Test func I19_pushingTheSameBytesRepairs() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Self.content)
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 0)
        try await test.scrub()
        await expectError(.blobCorrupt) { _ = try await test.bytes(of: file) }
        #expect(try await test.file("w", Self.content).sha256 == file.sha256)
        #expect(try await test.bytes(of: file) == Self.content)
        #expect(try await test.registry.scrubStatus(as: test.admin).corrupt.isEmpty)
        #expect(try await test.actions(on: "blob:\(file.sha256)") == ["blob.put", "blob.quarantine", "blob.put"])
        #expect(try await test.fsck().isSound)
        // Whole bytes that come again are no news.
        _ = try await test.file("w", Self.content)
        #expect(try await test.actions(on: "blob:\(file.sha256)").count == 3)
    }

    @Test func I13_noVersionNamesDamagedBytes() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Self.content)
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 0)
        try await test.scrub()
        await expectError(.blobUnknown) { _ = try await test.push("demo/m", [file]) }
        _ = try await test.file("w", Self.content)
        _ = try await test.push("demo/m", [file])
    }

    @Test func I19_anotherNamespaceRepairsToo() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Self.content)
        let other = try await test.namespace("other", pusher: "olga")
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 0)
        try await test.scrub()
        _ = try await test.file("x", String(decoding: Self.content, as: UTF8.self), in: other.name, as: other.pusher)
        #expect(try await test.bytes(of: file) == Self.content)
    }

    @Test func I19_bytesThatCameAnewAreNotTakenAway() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Self.content)
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 0)
        let damaged = try test.registry.blobs.open(file.sha256, size: file.size)
        _ = try await test.file("w", Self.content)
        try await test.registry.quarantine(damaged)
        #expect(try await test.bytes(of: file) == Self.content)
        #expect(test.quarantined.isEmpty)
        #expect(try await test.registry.scrubStatus(as: test.admin).corrupt.isEmpty)
    }

    @Test func I19_theLongestUnreadComesFirst_andWhatIsNotDueIsLeft() async throws {
        let test = try await TestRegistry()
        let start = test.clock.now.withLock { $0 }
        _ = try await test.file("a", Data("a".utf8))
        test.clock.now.withLock { $0 += 1000 }
        _ = try await test.file("b", Data("b".utf8))
        #expect(try await test.registry.scrub(checkedBefore: start, pace: { _ in }) == 0)
        #expect(try await test.registry.scrub(checkedBefore: start + 1, pace: { _ in }) == 1)
        #expect(try await test.registry.scrubStatus(as: test.admin).oldestCheck == start + 1000)
        #expect(try await test.registry.scrub(checkedBefore: start + 1000, pace: { _ in }) == 0)
    }

    @Test func theScrubTellsItsPaceWhatItReads() async throws {
        let test = try await TestRegistry()
        _ = try await test.file("a", Data(count: 9 << 20))
        let pieces = Mutex<[Int]>([])
        _ = try await test.registry.scrub(checkedBefore: .max) { count in pieces.withLock { $0.append(count) } }
        #expect(pieces.withLock { $0 } == [4 << 20, 4 << 20, 1 << 20])
    }

    @Test func onlyAnAdministratorOfTheServerMayLook() async throws {
        let test = try await TestRegistry()
        for caller in [test.pusher, test.approver, test.deployer] {
            await expectError(.forbidden) { _ = try await test.registry.scrubStatus(as: caller) }
            await expectError(.forbidden) { _ = try await test.registry.requestFsck(RequestFsck(), as: caller) }
            await expectError(.forbidden) { _ = try await test.registry.requestBackup(RequestBackup(), as: caller) }
            await expectError(.forbidden) { _ = try await test.registry.backups(as: caller) }
        }
        #expect(try await test.actions(on: "server").filter { $0 == "backup.start.refuse" }.count == 3)
    }
}
