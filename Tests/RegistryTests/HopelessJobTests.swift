import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Jobs that nobody will finish end without anybody asking for one, and those that wait say for whom.
@Suite struct HopelessJobTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]
    private static let demanding = Recipe.Resources(gpu: .init(count: 2, model: "a100"))

    private func claim(_ name: String, _ labels: [String: String], _ test: TestRegistry) async throws -> JobOffer {
        let made = try await test.registry.createWorker(CreateWorker(name: ResourceName(name)), as: test.admin)
        let caller = try await test.registry.authenticate(made.token, requestID: "w")
        return try await test.registry.claimJob(ClaimJob(labels: labels), as: caller)
    }

    private func pass(_ milliseconds: Int64, _ test: TestRegistry) {
        test.clock.now.withLock { $0 += milliseconds }
    }

    @Test func aLocalJobWhoseMachineIsLostEnds() async throws {
        let test = try await TestRegistry()
        test.registry.ownWorker.state = .off
        let version = try await test.train(Self.outputs)
        let lost = try await test.registry.beginLocalReproduction(.retrain, of: version, as: test.approver)
        pass(29_000, test)
        #expect(try await test.registry.endHopelessJobs() == 0)
        pass(2_000, test)
        #expect(try await test.registry.endHopelessJobs() == 1)
        let end = try await test.registry.reproduction(lost.record.id, as: test.approver)
        #expect(end.verdict?.verdict == .failed && end.verdict?.reason == "worker-lost")
        #expect(end.statement != nil)
        #expect(try await test.registry.endHopelessJobs() == 0)
        // What the lost machine still sends comes too late.
        let worker = try await test.registry.authenticate(try #require(lost.token), requestID: "w")
        let late = await code { _ = try await test.registry.heartbeat(lost.record.id, as: worker) }
        #expect(late == .conflict)
    }

    @Test func aJobThatWasToBeCancelledEndsWithoutAVerdict() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        for _ in 1...3 {
            _ = try #require(try await test.registry.leaseJob())
            pass(31_000, test)
        }
        _ = try await test.registry.cancelReproduction(asked.id, as: test.approver)
        #expect(try await test.registry.endHopelessJobs() == 1)
        let end = try await test.registry.reproduction(asked.id, as: test.approver)
        #expect(end.state == .cancelled && end.verdict == nil)
    }

    @Test func withoutAnyWorkerAJobEndsAtOnce() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let early = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        #expect(early.state == .queued && early.waiting == nil)
        test.registry.ownWorker.state = .unusable("no bwrap")
        #expect(try await test.registry.endHopelessJobs() == 1)
        pass(1, test)
        let late = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        for id in [early.id, late.id] {
            let end = try await test.registry.reproduction(id, as: test.approver)
            #expect(end.verdict?.reason == "executor-unavailable")
            #expect(end.verdict?.explanation?.hasSuffix("no bwrap") == true)
        }
        // The server's own works again as soon as it asks for jobs.
        let token = test.registry.embeddedWorkerToken.revealed
        let own = try await test.registry.authenticate(token, requestID: "w")
        #expect(try await test.registry.claimJob(ClaimJob(labels: [:]), as: own).job == nil)
        pass(1, test)
        #expect(try await test.registry.requestReproduction(.retrain, of: version, as: test.approver).state == .queued)
    }

    @Test func aJobThatNoWorkerSuitsEndsAndOneThatOneMaySuitWaits() async throws {
        let test = try await TestRegistry()
        test.registry.ownWorker.state = .off
        let version = try await test.train(Self.outputs, resources: Self.demanding)
        #expect(try await claim("small", ["gpu": "a100"], test).job == nil)
        let refused = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        #expect(refused.verdict?.reason == "hardware-missing")
        #expect(refused.verdict?.explanation == "No worker has gpu=a100 gpus=2. There are: small gpu=a100.")
        // Nobody knows what a worker has that was never connected.
        let wish = CreateWorker(name: try ResourceName("new"))
        _ = try await test.registry.createWorker(wish, as: test.admin)
        pass(1, test)
        let waits = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        #expect(waits.state == .queued)
        #expect(waits.waiting == "No worker with gpu=a100 gpus=2 is connected. Known are: new.")
        let check = try await test.registry.checkReproduction(.retrain, of: version, as: test.approver)
        #expect(check.findings.filter { $0.code == "worker-away" }.map(\.severity) == [.weakens])
        try await test.registry.removeWorker("new", as: test.admin)
        #expect(try await test.registry.endHopelessJobs() == 1)
        let end = try await test.registry.reproduction(waits.id, as: test.approver)
        #expect(end.verdict?.reason == "hardware-missing" && end.waiting == nil)
    }

    @Test func aWorkerThatWasNotHeardOfIsAway() async throws {
        let test = try await TestRegistry()
        test.registry.ownWorker.state = .off
        let needs = JobNeeds(Self.demanding)
        #expect(try await claim("big", ["gpu": "A100", "gpus": "8"], test).job == nil)
        func findings() async throws -> [String] {
            try await test.registry.checkWorkers(for: needs, in: test.namespace, as: test.approver).map(\.code)
        }
        #expect(try await findings() == [])
        pass(61_000, test)
        #expect(try await findings() == ["worker-away"])
        try await test.registry.removeWorker("big", as: test.admin)
        #expect(try await findings() == ["executor-unavailable"])
        let refused = await code {
            _ = try await test.registry.checkWorkers(for: needs, in: test.namespace, as: test.deployer)
        }
        #expect(refused == .forbidden)
    }

    @Test func aReportNamesWhatItsJobUploaded() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let job = try #require(try await test.registry.leaseJob())
        let worker = try await test.worker(job)
        let original = Digest.of(TestRecipe.safetensors([1, 2]))
        let file = ArtifactFile(
            path: try ArtifactPath("model.safetensors"), size: Int64(TestRecipe.safetensors([1, 2]).count),
            sha256: original)
        let named = JobResult(outputs: [file], facts: RunFacts())
        #expect(await code { try await test.registry.finishJob(job.id, named, as: worker) } == .blobUnknown)
        let log = JobResult(outputs: [], facts: RunFacts(), failure: "signal", log: original)
        #expect(await code { try await test.registry.finishJob(job.id, log, as: worker) } == .blobUnknown)
        _ = try await test.upload(Self.outputs, of: job.id, as: worker)
        try await test.registry.finishJob(job.id, named, as: worker)
    }
}
