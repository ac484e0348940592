import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// What a collection takes, what it leaves, and when (invariants I14-I18).
@Suite struct CollectionTests {
    /// A version that stays, so that the store has a root.
    private func testWithRoot() async throws -> TestRegistry {
        let test = try await TestRegistry()
        _ = try await test.push("demo/kept", text: "kept")
        return test
    }

    @Test func i14WhatNothingNeedsIsCondemnedThenSwept() async throws {
        let test = try await testWithRoot()
        _ = try await test.file("w.bin", Data("garbage".utf8))
        #expect(try await test.collect().fate(of: "garbage") == "kept lease")
        try await test.pass(TestRegistry.day + 1)
        #expect(try await test.collect().fate(of: "garbage") == "condemned unreferenced")
        #expect(try await test.isStored("garbage") == (true, true))
        let swept = try await test.collect()
        #expect(swept.fate(of: "garbage") == "swept unreferenced")
        #expect(swept.totals["swept unreferenced"] == .init(blobs: 1, bytes: 7))
        #expect(swept.fate(of: "kept") == "kept version")
        #expect(try await test.isStored("garbage") == (false, false))
        #expect(try await test.isStored("kept") == (true, true))
        let actions = try await test.actions()
        #expect(actions.filter { $0 == "blob.collect" }.count == 1)
        #expect(actions.filter { $0 == "garbage.collect" }.count == 3)
        let gauges = try await test.registry.gauges()
        #expect(gauges.collections == 3 && gauges.sweptBlobs == 1 && gauges.sweptBytes == 7)
    }

    @Test func i14ADryRunListsExactlyWhatARealRunDoesAndChangesNothing() async throws {
        let test = try await testWithRoot()
        for text in ["old", "older", "revived"] { _ = try await test.file("w.bin", Data(text.utf8)) }
        try await test.pass(TestRegistry.day + 1)
        try await test.collect()
        _ = try await test.push("demo/again", text: "revived")
        for text in ["young", "new"] { _ = try await test.file("w.bin", Data(text.utf8)) }
        for number in 1...3 { _ = try await test.push("demo/many", text: "many \(number)") }
        try await test.pass(TestRegistry.day + 1)
        _ = try await test.registry.setRetention(
            SetRetention(model: ResourceName("many"), rule: RetentionRule(keepLast: 1)), in: test.namespace,
            as: test.admin)
        _ = try await test.file("w.bin", Data("leased".utf8))
        try orphan("orphan", in: test)
        let dry = try await test.dryRun()
        #expect(try await test.dryRun() == dry)
        #expect(dry.dryRun && dry.removals.map(\.version.description) == ["model:demo/many:1", "model:demo/many:2"])
        #expect(dry.fate(of: "old") == "swept unreferenced" && dry.fate(of: "young") == "condemned unreferenced")
        #expect(dry.fate(of: "leased") == "kept lease" && dry.orphans.map(\.outcome) == [.putAside])
        var real = try await test.collect()
        real.dryRun = true
        #expect(real == dry)
        #expect(try await test.isStored("old") == (false, false))
    }

    @Test func i15LeasesAreRenewedRarely() async throws {
        let test = try await testWithRoot()
        let file = try await test.file("w.bin", Data("asked for".utf8))
        func until() async throws -> Int64 {
            try await test.fetch("SELECT until FROM blob_leases WHERE digest = ?", [Data(file.sha256.bytes)])
        }
        func ask(as caller: Caller) async throws {
            _ = try await test.registry.openBlob(file.sha256, in: test.namespace, forPush: true, as: caller)
        }
        let first = try await until()
        try await test.pass(TestRegistry.day / 2 - 1)
        try await ask(as: test.pusher)
        #expect(try await until() == first, "more than half of the grace is left")
        try await test.pass(2)
        try await ask(as: try await test.caller("ria", [.reader]))
        #expect(try await until() == first, "a reader does not push")
        try await ask(as: test.pusher)
        #expect(try await until() == first + TestRegistry.day / 2 + 1)
        let actions = try await test.actions()
        try await ask(as: test.pusher)
        #expect(try await test.actions() == actions, "a lease is no event")
    }

    @Test func i15AskingForCondemnedBytesRevivesThem() async throws {
        let test = try await testWithRoot()
        let file = try await test.file("w.bin", Data("garbage".utf8))
        try await test.pass(TestRegistry.day + 1)
        #expect(try await test.collect().fate(of: "garbage") == "condemned unreferenced")
        _ = try await test.registry.openBlob(file.sha256, in: test.namespace, forPush: true, as: test.pusher)
        #expect(try await test.fetch("SELECT count(*) FROM condemned_blobs") == 0)
        #expect(try await test.collect().fate(of: "garbage") == "kept lease")
        _ = try await test.push("demo/model", [file])
        try await test.pass(2 * TestRegistry.day)
        try await test.collect()
        #expect(try await test.collect().fate(of: "garbage") == "kept version")
    }

    @Test func i13APushOfSweptBytesIsToldToUploadThemAnew() async throws {
        let test = try await testWithRoot()
        let file = try await test.file("w.bin", Data("garbage".utf8))
        try await test.pass(TestRegistry.day + 1)
        for _ in 1...2 { try await test.collect() }
        await expectError(.blobUnknown) { _ = try await test.push("demo/model", [file]) }
        _ = try await test.file("w.bin", Data("garbage".utf8))
        #expect(try await test.push("demo/model", [file]).number == 1)
    }

    @Test func i14ABlobThatIsNeededAgainBetweenMarkAndSweepStays() async throws {
        let test = try await testWithRoot()
        let file = try await test.file("w.bin", Data("wanted".utf8))
        try await test.pass(TestRegistry.day + 1)
        try await test.collect()
        _ = try await test.push("demo/model", [file])
        // As if the push had not revived it itself: the next look does.
        try await test.execute("INSERT INTO condemned_blobs VALUES (?, 1)", [Data(file.sha256.bytes)])
        try await test.pass(2 * TestRegistry.day)
        #expect(try await test.collect().fate(of: "wanted") == "revived version")
        #expect(try await test.isStored("wanted") == (true, true))
        // Not even the server can delete what a version needs.
        await #expect(throws: (any Error).self) {
            try await test.execute(
                "DELETE FROM namespace_blobs WHERE digest = ?; ", [Data(file.sha256.bytes)])
            try await test.execute("DELETE FROM blobs WHERE digest = ?", [Data(file.sha256.bytes)])
        }
    }

    @Test func evidenceAndOpenReproductionsKeepTheirBytes() async throws {
        let test = try await testWithRoot()
        let version = try await test.train(["w.bin": Data("weights".utf8)])
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let job = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(job)
        let outputs = try await test.upload(["w.bin": Data("again".utf8)], of: job.id, as: worker)
        try await test.pass(3 * TestRegistry.day)
        for _ in 1...3 { try await test.collect() }
        #expect(try await test.collect().fate(of: "again") == "kept reproduction")
        try await test.registry.finishJob(job.id, JobResult(outputs: outputs, facts: RunFacts()), as: worker)
        #expect(try await test.registry.reproduction(asked.id, as: test.approver).verdict != nil)
        let summary = try await test.registry.version(version, kind: .model, as: test.pusher).summary
        try await test.remove(summary)
        #expect(try await test.collect().fate(of: "again") == "kept outputs")
        #expect(try await test.collect().fate(of: "weights") == "swept unreferenced")
        try await test.pass(91 * TestRegistry.day)
        #expect(try await test.collect().fate(of: "again") == "condemned unreferenced")
        let bundle = Digest.of(TestRecipe.bundle().0)
        let report = try await test.collect()
        #expect(report.decisions.first { $0.sha256 == bundle }?.reason == "evidence")
    }

    @Test func i16ACollectionOfMoreThanHalfIsRefusedUnlessForced() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/kept", text: "kept")
        for text in ["one", "two"] { _ = try await test.file("w.bin", Data(text.utf8)) }
        try await test.pass(TestRegistry.day + 1)
        let dry = try await test.dryRun()
        #expect(dry.obstacle?.contains("2 of 3 blobs") == true)
        let error = await expectError(.collectionRefused) { try await test.collect(isForced: false) }
        #expect(error?.message == dry.obstacle)
        #expect(try await test.fetch("SELECT count(*) FROM condemned_blobs") == 0)
        #expect(try await test.actions().last == "garbage.collect.refuse")
        #expect(try await test.collect().totals["condemned unreferenced"]?.blobs == 2)
        await expectError(.collectionRefused) { try await test.collect(isForced: false) }
        #expect(try await test.collect().totals["swept unreferenced"]?.blobs == 2)
        #expect(try await test.collect(isForced: false).totals.keys.sorted() == ["kept version"])
    }

    @Test func i16WithoutAnyRootNothingIsCollected() async throws {
        let test = try await TestRegistry()
        _ = try await test.file("w.bin", Data("one".utf8))
        #expect(try await test.collect(isForced: false).totals["kept lease"]?.blobs == 1)
        try await test.pass(TestRegistry.day + 1)
        _ = try await test.file("w.bin", Data("two".utf8))
        _ = try await test.file("w.bin", Data("three".utf8))
        let error = await expectError(.collectionRefused) { try await test.collect(isForced: false) }
        #expect(error?.message.contains("nothing refers to any of the 3 blobs") == true)
    }

    @Test func i17OrphansArePutAsideAndDeletedAfterASecondGrace() async throws {
        let test = try await testWithRoot()
        try orphan("orphan", in: test)
        let aside = test.registry.blobs.lostAndFound + "/" + Digest.of(Data("orphan".utf8)).hex
        #expect(try await test.collect().orphans.map(\.outcome) == [.putAside])
        #expect(try await test.isStored("orphan") == (false, false))
        #expect(FileManager.default.contents(atPath: aside) == Data("orphan".utf8))
        #expect(try await test.collect().orphans.isEmpty)
        try await test.pass(TestRegistry.day + 1)
        #expect(try await test.collect().orphans.map(\.outcome) == [.deleted])
        #expect(!FileManager.default.fileExists(atPath: aside))
        #expect(try await test.isStored("kept") == (true, true))
    }

    @Test func i17TheLastCopyOfWhatARowNamesIsNotDeleted() async throws {
        let test = try await testWithRoot()
        let place = test.registry.blobs.path(of: Digest.of(Data("kept".utf8)))
        let aside = test.registry.blobs.lostAndFound + "/" + Digest.of(Data("kept".utf8)).hex
        try FileManager.default.moveItem(atPath: place, toPath: aside)
        try age(aside, in: test)
        try await test.collect()
        #expect(FileManager.default.fileExists(atPath: aside))
    }

    @Test func i18AClockThatJumpsAheadPausesCollectionsUntilTwoHaveSeenIt() async throws {
        let test = try await testWithRoot()
        _ = try await test.file("w.bin", Data("garbage".utf8))
        try await test.registry.observeClock()
        test.clock.now.withLock { $0 += 3 * TestRegistry.day }
        try await test.registry.observeClock()
        #expect(try await test.dryRun().obstacle?.contains("the clock is more than an hour ahead") == true)
        for _ in 1...2 {
            await expectError(.collectionPaused) { try await test.collect() }
            #expect(try await test.fetch("SELECT count(*) FROM condemned_blobs") == 0)
        }
        #expect(try await test.collect().fate(of: "garbage") == "condemned unreferenced")
        // Back again: ages are counted from the latest time that was believed.
        test.clock.now.withLock { $0 -= 3 * TestRegistry.day }
        _ = try await test.file("w.bin", Data("later".utf8))
        #expect(try await test.collect().fate(of: "later") == "kept lease")
    }

    @Test func i18AClockThatJumpsBackAtOnceIsForgotten() {
        let hour: Int64 = 3_600_000
        var clock = CollectionClock(latest: 1000)
        clock.observe(1000 + hour, confirming: true)
        #expect(clock.isBelieved && clock.latest == 1000 + hour)
        clock.observe(1000 + 5 * hour, confirming: true)
        #expect(!clock.isBelieved && clock.latest == 1000 + hour)
        clock.observe(1000 + 50 * hour, confirming: true)
        #expect(clock.confirmations == 1, "another time is doubted anew")
        clock.observe(500, confirming: false)
        #expect(clock.isBelieved && clock.latest == 1000 + hour)
    }

    @Test func i22NothingIsCollectedWhileABackupIsMade() async throws {
        let test = try await testWithRoot()
        _ = try await test.file("w.bin", Data("garbage".utf8))
        try await test.pass(TestRegistry.day + 1)
        await test.registry.withoutGarbageCollection {
            await expectError(.collectionPaused) { try await test.collect() }
        }
        #expect(try await test.collect().fate(of: "garbage") == "condemned unreferenced")
        await #expect(throws: CancellationError.self) {
            try await test.registry.withoutGarbageCollection { () async throws -> Void in throw CancellationError() }
        }
        try await test.collect()
    }

    @Test func onlyAServerWideAdministratorCollects() async throws {
        let test = try await testWithRoot()
        let owner = try await test.caller("olga", [.admin])
        await expectError(.forbidden) {
            _ = try await test.registry.collectGarbage(CollectGarbage(dryRun: true), as: owner)
        }
        #expect(try await test.actions().last == "garbage.collect.refuse")
    }

    /// Leaves a file without a row, as a crash between the two does, long ago.
    private func orphan(_ text: String, in test: TestRegistry) throws {
        let data = Data(text.utf8)
        let upload = try test.registry.blobs.beginUpload()
        try data.withUnsafeBytes { try upload.write($0) }
        try age(test.registry.blobs.path(of: try upload.finish(expecting: nil)), in: test)
    }

    private func age(_ path: String, in test: TestRegistry) throws {
        let time = Double(test.clock.now.withLock { $0 } - TestRegistry.day - 1) / 1000
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: path)
    }
}
