import BlobStore
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Sessions in time: who is at work on them, when they end, what a restart leaves (invariants I7 to I9 and I25).
@Suite struct UploadTests {
    private static let bytes = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 13) })
    private static let wanted = CreateUpload(sha256: Digest.of(bytes), size: 1000)

    private func open(_ test: TestRegistry, _ upload: CreateUpload = wanted) async throws -> RunID {
        try #require(
            try await test.registry.createUpload(upload, in: test.namespace, as: test.pusher).record.id)
    }

    private func begin(_ test: TestRegistry, _ id: RunID, _ range: Range<Int64>) async throws -> RangeUpload {
        try await test.registry.beginRange(
            range, ofTotal: 1000, digest: nil, upload: id, in: test.namespace, as: test.pusher)
    }

    /// Sends a range, or as much of it as came before the connection broke.
    @discardableResult private func send(
        _ test: TestRegistry, _ id: RunID, _ range: Range<Int64>, cutAt end: Int64? = nil
    ) async throws -> UploadRecord {
        let upload = try await begin(test, id, range)
        let bytes = Self.bytes[Int(range.lowerBound)..<Int(end ?? range.upperBound)]
        try bytes.withUnsafeBytes { try upload.write($0) }
        return try await test.registry.endRange(
            upload, of: range, digest: nil, upload: id, in: test.namespace, as: test.pusher)
    }

    @Test func aRangeIsWrittenByOneAtATime() async throws {
        let test = try await TestRegistry()
        let id = try await open(test)
        let first = try await begin(test, id, 0..<500)
        let busy = await expectError(.conflict) { _ = try await begin(test, id, 499..<600) }
        #expect(busy?.details["retryAfter"] != nil)
        await expectError(.conflict) {
            _ = try await test.registry.completeUpload(id, in: test.namespace, as: test.pusher)
        }
        await expectError(.conflict) {
            try await test.registry.abandonUpload(id, in: test.namespace, as: test.pusher)
        }
        // Another range at the same time is welcome.
        try await send(test, id, 500..<1000)
        try Self.bytes[0..<500].withUnsafeBytes { try first.write($0) }
        let record = try await test.registry.endRange(
            first, of: 0..<500, digest: nil, upload: id, in: test.namespace, as: test.pusher)
        #expect(record.received == [ByteExtent(0..<1000)])
        _ = try await test.registry.completeUpload(id, in: test.namespace, as: test.pusher)
    }

    @Test func theBeginningOfABrokenRangeIsKept() async throws {
        let test = try await TestRegistry()
        let id = try await open(test)
        #expect(try await send(test, id, 100..<600, cutAt: 350).received == [ByteExtent(100..<350)])
        #expect(try await send(test, id, 350..<600).received == [ByteExtent(100..<600)])
        #expect(try await send(test, id, 0..<100, cutAt: 0).received == [ByteExtent(100..<600)])
    }

    @Test func onlyWhatWasRecordedIsPromisedAfterACrash() async throws {
        let test = try await TestRegistry()
        let id = try await open(test)
        try await send(test, id, 0..<300)
        // Written, but the server dies before it is recorded.
        let lost = try await begin(test, id, 300..<1000)
        try Data(count: 700).withUnsafeBytes { try lost.write($0) }
        try await test.restart { registry in
            let found = try await registry.createUpload(Self.wanted, in: test.namespace, as: test.pusher)
            #expect(!found.isNew && found.record.id == id && found.record.received == [ByteExtent(0..<300)])
            let rest = try await registry.beginRange(
                300..<1000, ofTotal: 1000, digest: nil, upload: id, in: test.namespace, as: test.pusher)
            try Self.bytes[300...].withUnsafeBytes { try rest.write($0) }
            _ = try await registry.endRange(
                rest, of: 300..<1000, digest: nil, upload: id, in: test.namespace, as: test.pusher)
            let blob = try await registry.completeUpload(id, in: test.namespace, as: test.pusher)
            #expect(blob.sha256 == Self.wanted.sha256)
            #expect(try registry.blobs.open(blob.sha256, size: 1000).isIntact())
        }
    }

    @Test func sessionsEndADayAfterTheirLastRange() async throws {
        let test = try await TestRegistry()
        let id = try await open(test)
        func wait(_ hours: Int64) { test.clock.now.withLock { $0 += hours * 3_600_000 } }
        wait(23)
        try await send(test, id, 0..<10)
        wait(23)
        #expect(try await test.registry.upload(id, in: test.namespace, as: test.pusher).received.count == 1)
        wait(1)
        await expectError(.notFound) { _ = try await begin(test, id, 10..<20) }
        let next = try await open(test)
        #expect(next != id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder + "/uploads") == [next.text])
        wait(24)
        try await test.restart { registry in
            let left = try FileManager.default.contentsOfDirectory(atPath: registry.blobs.uploads)
            #expect(left.isEmpty)
        }
    }

    @Test func aSessionWhoseFileIsLostStartsAnew() async throws {
        let test = try await TestRegistry()
        let id = try await open(test)
        try await send(test, id, 0..<1000)
        test.registry.blobs.session(id).remove()
        try await test.restart { registry in
            let found = try await registry.createUpload(Self.wanted, in: test.namespace, as: test.pusher)
            #expect(found.isNew && found.record.received.isEmpty)
        }
    }

    @Test func onePrincipalHasSoManyOpen() async throws {
        let test = try await TestRegistry()
        for number in 0..<ModelRegistry.mostUploads {
            _ = try await open(test, CreateUpload(sha256: Digest.of(Data("\(number)".utf8)), size: 9))
        }
        await expectError(.tooManyUploads) { _ = try await open(test) }
        let other = try await test.caller("other", [.pusher])
        #expect(try await test.registry.createUpload(Self.wanted, in: test.namespace, as: other).isNew)
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder + "/uploads")
        #expect(files.count == ModelRegistry.mostUploads + 1)
    }

    /// A crash between the name of a whole session's file and its row leaves a file without a row: it is the session's,
    /// however old it is and whatever is collected meanwhile (invariants I7 and I17).
    @Test func aFileThatWasNamedBeforeItsRowStaysTheSessions() async throws {
        let test = try await TestRegistry(collectionGrace: 60_000)
        let id = try await open(test)
        try await send(test, id, 0..<1000)
        try test.registry.blobs.session(id).publish(as: Self.wanted.sha256, size: 1000)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)],
            ofItemAtPath: test.registry.blobs.path(of: Self.wanted.sha256))
        try await test.pass(3_600_000)
        #expect(try await test.collect().orphans.isEmpty)
        try await test.restart { registry in
            let record = try await registry.upload(id, in: test.namespace, as: test.pusher)
            #expect(record.received == [ByteExtent(0..<1000)])
            let blob = try await registry.completeUpload(id, in: test.namespace, as: test.pusher)
            #expect(blob == BlobRecord(sha256: Self.wanted.sha256, size: 1000))
        }
    }
}
