import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// The queue of reproductions: leases, one-job tokens, lost workers, cancelling.
@Suite struct JobTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]

    @Test func jobsAreLeasedInOrderAndOnce() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        #expect(try await test.registry.leaseJob() == nil)
        let first = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        test.clock.now.withLock { $0 += 1 }
        let second = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        #expect(try await test.registry.leaseJob()?.id == first.id)
        #expect(try await test.registry.leaseJob()?.id == second.id)
        #expect(try await test.registry.leaseJob() == nil)
    }

    @Test func aTokenOpensItsJobAndNothingElse() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        test.clock.now.withLock { $0 += 1 }
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let own = try #require(try await test.registry.leaseJob())
        let other = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(own)
        let job = try await test.registry.job(own.id, as: worker)
        #expect(job.kind == .retrain)
        #expect(await code { _ = try await test.registry.job(other.id, as: worker) } == .forbidden)
        #expect(await code { _ = try await test.registry.job(own.id, as: test.admin) } == .forbidden)
        // The source is named, the original's weights are not: who retrains must not see them.
        _ = try await test.registry.openBlob(job.recipe.source.bundle, ofJob: own.id, as: worker)
        let weights = Digest.of(TestRecipe.safetensors([1, 2]))
        #expect(await code { _ = try await test.registry.openBlob(weights, ofJob: own.id, as: worker) } == .notFound)
        #expect(job.model == nil)
        let refused = await code {
            _ = try await test.registry.openFile(ArtifactPath("model.safetensors"), of: version, as: worker)
        }
        #expect([.forbidden, .notFound].contains(refused))
    }

    @Test func anEvaluationSeesTheModel() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.registry.requestReproduction(.evaluate, of: version, as: test.approver)
        let lease = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(lease)
        let job = try await test.registry.job(lease.id, as: worker)
        #expect(job.model?.map(\.path.text) == ["model.safetensors"])
        let weights = Digest.of(TestRecipe.safetensors([1, 2]))
        _ = try await test.registry.openBlob(weights, ofJob: lease.id, as: worker)
    }

    @Test func lostWorkersAreReplacedThreeTimes() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        var tokens: [Caller] = []
        for _ in 1...3 {
            let lease = try #require(try await test.registry.leaseJob())
            tokens.append(try await test.worker(lease))
            _ = try await test.registry.heartbeat(lease.id, as: tokens[tokens.count - 1])
            test.clock.now.withLock { $0 += 20_000 }
            #expect(try await test.registry.leaseJob() == nil)
            test.clock.now.withLock { $0 += 20_000 }
        }
        #expect(try await test.registry.leaseJob() == nil)
        let end = try await test.registry.reproduction(asked.id, as: test.approver)
        #expect(end.verdict?.verdict == .failed)
        #expect(end.verdict?.reason == "worker-lost")
    }

    @Test func aReplacedWorkersTokenIsDead() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let first = try #require(try await test.registry.leaseJob())
        test.clock.now.withLock { $0 += 60_000 }
        let second = try #require(try await test.registry.leaseJob())
        #expect(second.id == first.id)
        #expect(await code { _ = try await test.worker(first) } == .tokenExpired)
        _ = try await test.worker(second)
    }

    @Test func aReturnedJobIsTakenAtOnce() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        for _ in 1...5 {
            let lease = try #require(try await test.registry.leaseJob())
            try await test.registry.returnJob(lease.id, wasStopped: true, as: test.worker(lease))
        }
        for _ in 1...3 {
            let lease = try #require(try await test.registry.leaseJob())
            try await test.registry.returnJob(lease.id, wasStopped: false, as: test.worker(lease))
        }
        #expect(try await test.registry.leaseJob() == nil)
    }

    @Test func aWaitingJobIsCancelledAtOnceARunningOneByItsWorker() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let waiting = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        #expect(try await test.registry.cancelReproduction(waiting.id, as: test.approver).state == .cancelled)
        #expect(try await test.registry.leaseJob() == nil)

        let running = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let lease = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(lease)
        #expect(try await test.registry.heartbeat(lease.id, as: worker).cancelled == false)
        _ = try await test.registry.cancelReproduction(running.id, as: test.approver)
        #expect(try await test.registry.heartbeat(lease.id, as: worker).cancelled)
        let result = JobResult(outputs: [], facts: RunFacts(), failure: "cancelled", explanation: "Stopped.")
        try await test.registry.finishJob(lease.id, result, as: worker)
        let end = try await test.registry.reproduction(running.id, as: test.approver)
        #expect(end.state == .cancelled)
        #expect(end.verdict == nil)
        #expect(
            await code { _ = try await test.registry.cancelReproduction(running.id, as: test.deployer) } == .forbidden)
    }

    @Test func aReportIsTakenOnceAndItsRepetitionChangesNothing() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let lease = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(lease)
        let absent = ArtifactFile(
            path: try ArtifactPath("model.safetensors"), size: 3, sha256: Digest.of(Data("no!".utf8)))
        let lie = JobResult(outputs: [absent], facts: RunFacts())
        #expect(await code { try await test.registry.finishJob(lease.id, lie, as: worker) } == .blobUnknown)
        let files = try await test.upload(Self.outputs, of: lease.id, as: worker)
        let result = JobResult(outputs: files, facts: RunFacts())
        try await test.registry.finishJob(lease.id, result, as: worker)
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).count
        try await test.registry.finishJob(lease.id, lie, as: worker)
        #expect(try await test.registry.auditEntries(after: -1, limit: 1000).count == entries)
        #expect(try await test.registry.reproduction(asked.id, as: test.approver).verdict?.verdict == .bitIdentical)
    }

    @Test func whatCannotBeRepeatedHasItsVerdictAtOnce() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/imported", [try await test.file("a.bin", Data("a".utf8))])
        let record = try await test.registry.requestReproduction(
            .retrain, of: VersionReference("demo/imported:1"), as: test.approver)
        #expect(record.state == .done)
        #expect(record.verdict?.verdict == .notVerifiable)
        #expect(record.verdict?.reason == "no-recipe")
        #expect(try await test.registry.leaseJob() == nil)
    }

    @Test func onlyThoseWithTheRightMayAsk() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let refused = await code {
            _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.deployer)
        }
        #expect(refused == .forbidden)
        let last = try await test.registry.auditEntries(after: -1, limit: 1000).last
        #expect(last?.entry.object?["action"]?.string == "reproduction.request.refuse")
    }

    @Test func theLogGrowsAndStays() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let lease = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(lease)
        try await test.registry.appendLog(Data("one\n".utf8), toJob: lease.id, as: worker)
        try await test.registry.appendLog(Data("two\n".utf8), toJob: lease.id, as: worker)
        let live = try await test.registry.log(of: asked.id, from: 2, as: test.approver)
        #expect(live.bytes == Data("e\ntwo\n".utf8))
        #expect(!live.isComplete)
        let whole = Data("one\ntwo\nthree\n".utf8)
        let log = try await test.upload(["log": whole], of: lease.id, as: worker)
        let files = try await test.upload(Self.outputs, of: lease.id, as: worker)
        let result = JobResult(outputs: files, facts: RunFacts(), log: log[0].sha256)
        try await test.registry.finishJob(lease.id, result, as: worker)
        let kept = try await test.registry.log(of: asked.id, from: 4, as: test.approver)
        #expect(kept.bytes == Data("two\nthree\n".utf8))
        #expect(kept.isComplete)
        #expect(try await test.registry.log(of: asked.id, from: 99, as: test.approver).bytes.isEmpty)
    }
}
