import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Approved versions are verified again when their schedule says so: once each, people first, and never in a flood.
@Suite struct ScheduleTests {
    private static let hour: Int64 = 3_600_000
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]

    /// A registry in which versions of `demo` are verified every day.
    private func registry(limits: JobLimits = JobLimits()) async throws -> TestRegistry {
        let test = try await TestRegistry(jobLimits: limits)
        try await set(24, test)
        return test
    }

    private func set(
        _ hours: Int?, model: String? = nil, kind: Verdict.Kind? = nil, _ test: TestRegistry, as caller: Caller? = nil
    ) async throws {
        _ = try await test.registry.setSchedule(
            SetSchedule(model: try model.map { try ResourceName($0) }, everyHours: hours, kind: kind),
            in: test.namespace, as: caller ?? test.admin)
    }

    private func approved(_ test: TestRegistry, name: String = "demo/model") async throws -> VersionReference {
        let version = try await test.train(Self.outputs, name: name)
        try await test.decide(.approve, await summary(of: version, test))
        return version
    }

    private func summary(of version: VersionReference, _ test: TestRegistry) async throws -> VersionSummary {
        try await test.registry.version(version, kind: .model, as: test.admin).summary
    }

    /// Looks at the schedules as the server does.
    private func look(_ test: TestRegistry) async throws -> [ReproductionRecord] {
        try await test.registry.queueScheduled(CollectionClock(latest: test.clock.now.withLock { $0 })).requested
    }

    private func pass(_ milliseconds: Int64, _ test: TestRegistry) { test.clock.now.withLock { $0 += milliseconds } }

    @Test func aVersionIsQueuedOnceAndAgainWhenItsVerdictIsOld() async throws {
        let test = try await registry()
        let version = try await approved(test)
        let first = try await look(test)
        #expect(first.map(\.state) == [.queued] && first.first?.scheduled == true)
        #expect(first.first?.requestedBy.id == "server")
        #expect(try await look(test).isEmpty)
        let lease = try #require(try await test.registry.leaseJob())
        #expect(try await look(test).isEmpty)
        try await test.registry.returnJob(lease.id, wasStopped: true, as: test.worker(lease))
        let ended = try await test.carryOutNext(writing: Self.outputs)
        #expect(ended?.verdict?.verdict == .bitIdentical && ended?.id == first.first?.id)
        #expect(try await look(test).isEmpty)
        pass(24 * Self.hour - 1, test)
        #expect(try await look(test).isEmpty)
        pass(1, test)
        #expect(try await look(test).count == 1)
        let actions = try await test.actions()
        #expect(actions.filter { $0 == "reproduction.request" }.count == 2)
        let page = try await test.registry.reproductions(of: version, PageRequest(limit: 9), as: test.admin)
        #expect(page.items.count == 2)
    }

    @Test func onlyVersionsThatAreApprovedAreVerified() async throws {
        let test = try await registry()
        _ = try await test.train(Self.outputs)
        let rejected = try await test.train(Self.outputs)
        try await test.decide(.reject, summary(of: rejected, test))
        let withdrawn = try await approved(test, name: "demo/other")
        try await test.decide(.withdraw, summary(of: withdrawn, test))
        #expect(try await look(test).isEmpty)
        // A person's verdict counts as any other.
        let verified = try await approved(test, name: "demo/third")
        _ = try await test.reproduce(verified, writing: Self.outputs)
        #expect(try await look(test).isEmpty)
    }

    @Test func whatCannotBeRepeatedIsNotTriedInEachRound() async throws {
        let test = try await registry()
        let pushed = try await test.push("demo/imported", text: "w")
        try await test.decide(.approve, pushed)
        let found = try await look(test)
        #expect(found.first?.verdict?.reason == "no-recipe" && found.first?.statement != nil)
        pass(23 * Self.hour, test)
        #expect(try await look(test).isEmpty)
        pass(Self.hour, test)
        #expect(try await look(test).count == 1)
    }

    @Test func aFewWaitAtOnceAndPeopleComeFirst() async throws {
        let test = try await registry(limits: JobLimits(queuedPerNamespace: 1, scheduledPerNamespace: 2))
        for name in ["demo/a", "demo/b", "demo/c"] {
            _ = try await approved(test, name: name)
            pass(1, test)
        }
        #expect(try await look(test).map(\.version.name.name.text) == ["a", "b"])
        #expect(try await look(test).isEmpty)
        pass(1, test)
        let wanted = try await test.registry.requestReproduction(
            .retrain, of: VersionReference("demo/c:1"), as: test.approver)
        #expect(try await test.registry.leaseJob()?.id == wanted.id)
        // c has a job already, though a person asked for it.
        _ = try await test.carryOutNext(writing: Self.outputs)
        #expect(try await look(test).isEmpty)
    }

    @Test func aFullNamespaceHoldsUpNoOther() async throws {
        let test = try await registry(limits: JobLimits(scheduledPerNamespace: 1))
        for name in ["demo/a", "demo/b"] { _ = try await approved(test, name: name) }
        let other = try await test.namespace("other", pusher: "cid")
        _ = try await test.registry.setSchedule(SetSchedule(everyHours: 1), in: other.name, as: test.admin)
        let file = try await test.file("w", "w", in: other.name, as: other.pusher)
        let pushed = try await test.registry.pushVersion(
            CreateModelVersion(files: [file], run: RunDescription(kind: .import)), of: QualifiedName("other/m"),
            as: other.pusher
        ).version
        _ = try await test.registry.decide(
            DecideVersion(decision: .approve, digest: pushed.digest), about: VersionReference("other/m:1"),
            as: test.admin)
        #expect(Set(try await look(test).map(\.version.name.description)) == ["demo/a", "other/m"])
    }

    @Test func aStartLosesAndDoublesNothing() async throws {
        let test = try await registry()
        _ = try await approved(test)
        #expect(try await look(test).count == 1)
        let now = test.clock.now.withLock { $0 }
        try await test.restart { registry in
            let again = try await registry.queueScheduled(CollectionClock(latest: now))
            let job = try await registry.leaseJob()
            let whileItRuns = try await registry.queueScheduled(CollectionClock(latest: now))
            #expect(again.requested.isEmpty && job != nil && whileItRuns.requested.isEmpty)
        }
    }

    @Test func i18AClockThatJumpsQueuesNothing() async throws {
        let test = try await registry()
        _ = try await approved(test)
        _ = try await look(test)
        _ = try await test.carryOutNext(writing: Self.outputs)
        let now = test.clock.now.withLock { $0 }
        var clock = CollectionClock(latest: now)
        clock.observe(now + 100 * 24 * Self.hour, confirming: true)
        #expect(try await test.registry.queueScheduled(clock).requested.isEmpty)
        // Back again: the time that was believed stands.
        clock.observe(now - Self.hour, confirming: true)
        #expect(clock.latest == now)
        #expect(try await test.registry.queueScheduled(clock).requested.isEmpty)
        for _ in 0..<3 { clock.observe(now + 100 * 24 * Self.hour, confirming: true) }
        #expect(try await test.registry.queueScheduled(clock).requested.count == 1)
    }

    @Test func whatSomebodyCancelledWaitsForItsTime() async throws {
        let test = try await registry()
        _ = try await approved(test)
        let queued = try #require(try await look(test).first)
        _ = try await test.registry.cancelReproduction(queued.id, as: test.approver)
        #expect(try await look(test).isEmpty)
        pass(24 * Self.hour, test)
        let again = try #require(try await look(test).first)
        #expect(again.id != queued.id)
    }

    @Test func aModelsOwnScheduleCountsBeforeItsNamespaces() async throws {
        let test = try await registry()
        let version = try await approved(test)
        try await set(2, model: "model", kind: .evaluate, test)
        #expect(try await look(test).map(\.kind) == [.evaluate])
        _ = try await test.carryOutNext(writing: [:])
        pass(2 * Self.hour, test)
        #expect(try await look(test).count == 1)
        _ = try await test.carryOutNext(writing: [:])
        // The retraining that the namespace asks for was never done.
        try await set(nil, model: "model", test)
        #expect(try await look(test).map(\.kind) == [.retrain])
        try await set(nil, test)
        #expect(try await test.registry.schedules(in: test.namespace, as: test.deployer).isEmpty)
        #expect(try await summary(of: version, test).staleAt == nil)
    }

    @Test func onlyOwnersSetSchedulesAndTheirRightsCount() async throws {
        let test = try await TestRegistry()
        let owner = try await test.caller("owner", [.admin])
        await expectError(.forbidden) { try await set(24, test, as: test.pusher) }
        await expectError(.invalidRequest) { try await set(0, test) }
        await expectError(.notFound) { try await set(24, model: "unknown", test) }
        try await set(24, test, as: owner)
        let records = try await test.registry.schedules(in: test.namespace, as: test.deployer)
        #expect(records.map(\.everyHours) == [24] && records.first?.setBy.name == "owner")
        let version = try await approved(test)
        _ = try await test.registry.setMember("owner", of: test.namespace, to: [], as: test.admin)
        let round = try await test.registry.queueScheduled(CollectionClock(latest: test.clock.now.withLock { $0 }))
        #expect(round.requested.isEmpty)
        #expect(round.refused.map(\.name) == [version.name])
        #expect(try await test.actions().contains("schedule.set.refuse"))
    }

    @Test func aVerdictIsStaleAfterTheInterval() async throws {
        let test = try await registry()
        let version = try await approved(test)
        let never = try await summary(of: version, test)
        #expect(never.verdict == nil && never.verdictAt == nil && never.staleAt == nil)
        _ = try await look(test)
        let record = try #require(try await test.carryOutNext(writing: Self.outputs))
        let found = try await summary(of: version, test)
        #expect(found.verdictAt == record.endedAt)
        #expect(found.staleAt == record.endedAt.map { $0 + 24 * Self.hour } && record.staleAt == found.staleAt)
        try await set(1, test)
        #expect(try await summary(of: version, test).staleAt == record.endedAt.map { $0 + Self.hour })
        // A schedule of evaluations says nothing about the age of a retraining.
        try await set(1, kind: .evaluate, test)
        #expect(try await summary(of: version, test).staleAt == nil)
        #expect(try await summary(of: version, test).verdictAt == record.endedAt)
    }
}
