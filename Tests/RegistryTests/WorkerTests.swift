import BlobStore
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Workers on other machines: who may claim what, and what happens to those that are lost, late or lie.
@Suite struct WorkerTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]

    private func worker(_ name: String, _ test: TestRegistry) async throws -> Caller {
        let made = try await test.registry.createWorker(CreateWorker(name: ResourceName(name)), as: test.admin)
        return try await test.registry.authenticate(made.token, requestID: "w")
    }

    private func job(of offer: JobOffer, _ test: TestRegistry) async throws -> (id: RunID, caller: Caller) {
        let job = try #require(offer.job)
        return (job.id, try await test.registry.authenticate(job.token, requestID: "j"))
    }

    private func queue(_ test: TestRegistry) async throws -> RunID {
        let version = try await test.train(Self.outputs)
        return try await test.registry.requestReproduction(.retrain, of: version, as: test.approver).id
    }

    @Test func aWorkersTokenClaimsJobsAndNothingElse() async throws {
        let test = try await TestRegistry()
        let asked = try await queue(test)
        let worker = try await worker("lab", test)
        let registry = test.registry
        let version = try VersionReference("demo/model:1")
        #expect(await code { _ = try await registry.version(version, kind: .model, as: worker) } == .notFound)
        #expect(
            await code { _ = try await registry.requestReproduction(.retrain, of: version, as: worker) } == .notFound)
        #expect(await code { _ = try await registry.job(asked, as: worker) } == .forbidden)
        #expect(await code { _ = try await registry.workers(PageRequest(), as: worker) } == .forbidden)
        let grant = CreateToken(principal: "lab", roles: [.reader], namespace: test.namespace)
        #expect(await code { _ = try await registry.createToken(grant, as: test.admin) } == .conflict)
        #expect(
            await code { _ = try await registry.setMember("lab", of: test.namespace, to: [.reader], as: test.admin) }
                == .conflict)
        let claimed = try await job(of: registry.claimJob(ClaimJob(labels: [:]), as: worker), test)
        #expect(claimed.id == asked)
        // The job's token claims no further job, though it belongs to a worker.
        #expect(await code { _ = try await registry.claimJob(ClaimJob(labels: [:]), as: claimed.caller) } == .forbidden)
        for person in [test.pusher, test.approver, test.admin] {
            #expect(await code { _ = try await registry.claimJob(ClaimJob(labels: [:]), as: person) } == .forbidden)
        }
        let last = try await registry.auditEntries(after: -1, limit: 1000).last
        #expect(last?.entry.object?["action"]?.string == "job.claim.refuse")
    }

    @Test func onlyAdministratorsOfTheServerSeeToWorkers() async throws {
        let test = try await TestRegistry()
        let registry = test.registry
        let wish = CreateWorker(name: try ResourceName("lab"))
        #expect(await code { _ = try await registry.createWorker(wish, as: test.approver) } == .forbidden)
        _ = try await worker("lab", test)
        #expect(await code { try await registry.removeWorker("lab", as: test.pusher) } == .forbidden)
        #expect(await code { try await registry.removeWorker("other", as: test.admin) } == .notFound)
        // The name of a person, and the one of the server's own worker.
        for name in ["ann", "embedded", "Embedded"] {
            let taken = CreateWorker(name: try ResourceName(name))
            #expect(await code { _ = try await registry.createWorker(taken, as: test.admin) } == .alreadyExists)
        }
    }

    @Test func manyClaimsHaveOneWinner() async throws {
        let test = try await TestRegistry()
        _ = try await queue(test)
        let workers = [try await worker("a", test), try await worker("b", test)]
        let winners = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<16 {
                group.addTask {
                    let offer = try await test.registry.claimJob(ClaimJob(labels: [:]), as: workers[number % 2])
                    return offer.job == nil ? 0 : 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(winners == 1)
    }

    @Test func aDeadWorkersJobIsTakenUpAndItsLateReportRefused() async throws {
        let test = try await TestRegistry()
        let registry = test.registry
        let asked = try await queue(test)
        let first = try await job(of: registry.claimJob(ClaimJob(labels: [:]), as: worker("slow", test)), test)
        let files = try await test.upload(Self.outputs, of: first.id, as: first.caller)
        test.clock.now.withLock { $0 += 31_000 }
        let second = try await job(of: registry.claimJob(ClaimJob(labels: [:]), as: worker("fast", test)), test)
        #expect(second.id == first.id)
        let late = JobResult(outputs: files, facts: RunFacts())
        #expect(await code { try await registry.finishJob(first.id, late, as: first.caller) } == .conflict)
        #expect(await code { _ = try await registry.heartbeat(first.id, as: first.caller) } == .conflict)
        #expect(await code { try await registry.returnJob(first.id, wasStopped: true, as: first.caller) } == .conflict)
        #expect(try await registry.reproduction(asked, as: test.approver).state == .running)
        let again = try await test.upload(Self.outputs, of: second.id, as: second.caller)
        try await registry.finishJob(second.id, JobResult(outputs: again, facts: RunFacts()), as: second.caller)
        let end = try await registry.reproduction(asked, as: test.approver)
        #expect(end.verdict?.verdict == .bitIdentical)
        #expect(end.verdict?.worker == "fast")
        #expect(end.attempts == 2)
    }

    @Test func aWorkerThatLiesIsRefused() async throws {
        let test = try await TestRegistry()
        let registry = test.registry
        let asked = try await queue(test)
        let job = try await job(of: registry.claimJob(ClaimJob(labels: [:]), as: worker("liar", test)), test)
        // Bytes that have another digest than it says are not taken.
        let upload = try registry.blobs.beginUpload()
        defer { upload.abandon() }
        try Data("other".utf8).withUnsafeBytes { try upload.write($0) }
        let original = Digest.of(TestRecipe.safetensors([1, 2]))
        let refused = await code {
            _ = try await registry.finishUpload(upload, expecting: original, size: 5, ofJob: job.id, as: job.caller)
        }
        #expect(refused == .digestMismatch)
        // A length that is not the one of the bytes.
        let files = try await test.upload(Self.outputs, of: job.id, as: job.caller)
        var file = files[0]
        file = ArtifactFile(path: file.path, size: file.size + 1, sha256: file.sha256, mediaType: file.mediaType)
        let lie = JobResult(outputs: [file], facts: RunFacts())
        #expect(await code { try await registry.finishJob(job.id, lie, as: job.caller) } != nil)
        #expect(try await registry.reproduction(asked, as: test.approver).state == .running)
        // What the server compares are the bytes that came, whatever the worker says of them.
        let other = try await test.upload(
            ["model.safetensors": TestRecipe.safetensors([1, 9])], of: job.id, as: job.caller)
        var facts = RunFacts()
        facts.ending = "bit-identical"
        try await registry.finishJob(job.id, JobResult(outputs: other, facts: facts), as: job.caller)
        #expect(try await registry.reproduction(asked, as: test.approver).verdict?.verdict == .diverged)
    }

    @Test func aRemovedWorkerIsOut() async throws {
        let test = try await TestRegistry()
        let registry = test.registry
        _ = try await queue(test)
        let made = try await registry.createWorker(CreateWorker(name: ResourceName("lab")), as: test.admin)
        let caller = try await registry.authenticate(made.token, requestID: "w")
        let offer = try await registry.claimJob(ClaimJob(labels: ["gpu": "a100"]), as: caller)
        let job = try #require(offer.job)
        let listed = try await registry.workers(PageRequest(), as: test.admin).items
        #expect(listed.map(\.name) == ["lab"])
        #expect(listed.first?.jobs == [job.id])
        #expect(listed.first?.labels == ["gpu": "a100"])
        #expect(listed.first?.lastSeenAt != nil)
        try await registry.removeWorker("LAB", as: test.admin)
        #expect(try await registry.workers(PageRequest(), as: test.admin).items.isEmpty)
        for token in [made.token, job.token] {
            #expect(await code { _ = try await registry.authenticate(token, requestID: "w") } == .tokenExpired)
        }
        #expect(try await registry.leaseJob()?.id == job.id)
        let again = CreateWorker(name: try ResourceName("lab"))
        #expect(await code { _ = try await registry.createWorker(again, as: test.admin) } == .alreadyExists)
    }

    @Test func aJobGoesToAWorkerThatHasWhatItNeeds() async throws {
        let test = try await TestRegistry()
        let needy = try await test.train(
            Self.outputs, name: "demo/gpu", resources: .init(gpu: .init(count: 2, model: "A100")))
        let first = try await test.registry.requestReproduction(.retrain, of: needy, as: test.approver)
        test.clock.now.withLock { $0 += 1 }
        let second = try await queue(test)
        let worker = try await worker("lab", test)
        let registry = test.registry
        func claim(_ labels: [String: String]) async throws -> RunID? {
            try await registry.claimJob(ClaimJob(labels: labels), as: worker).job?.id
        }
        #expect(try await claim(["arch": "x86_64"]) == second)
        for labels in [[:], ["gpu": "v100", "gpus": "8"], ["gpu": "a100"], ["gpu": "a100", "gpus": "x"]] {
            #expect(try await claim(labels) == nil, "\(labels)")
        }
        #expect(try await claim(["gpu": "a100", "gpus": "2"]) == first.id)
    }

    @Test func aWaitingWorkerIsWoken() async throws {
        let test = try await TestRegistry()
        let worker = try await worker("lab", test)
        async let offer = test.registry.claimJob(ClaimJob(labels: [:], waitSeconds: 20), as: worker)
        let asked = try await queue(test)
        #expect(try await offer.job?.id == asked)
    }

    @Test func waitingEndsWhenTheServerStopsOrTheWorkerHasLeft() async throws {
        let test = try await TestRegistry()
        let worker = try await worker("lab", test)
        _ = try await queue(test)
        let gone = try await test.registry.claimJob(ClaimJob(labels: [:]), as: worker, while: { false })
        #expect(gone.job == nil)
        test.registry.jobs.close()
        let start = ContinuousClock.now
        let stopped = try await test.registry.claimJob(ClaimJob(labels: [:], waitSeconds: 25), as: worker)
        #expect(stopped.job == nil)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func noMoreRunAndWaitThanMay() async throws {
        let test = try await TestRegistry(jobLimits: JobLimits(queuedPerNamespace: 2, running: 1))
        let version = try await test.train(Self.outputs)
        for _ in 1...2 {
            _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
            test.clock.now.withLock { $0 += 1 }
        }
        let refused = await code {
            _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        }
        #expect(refused == .policyViolated)
        let first = try #require(try await test.registry.leaseJob())
        #expect(try await test.registry.leaseJob() == nil)
        try await test.registry.finishJob(
            first.id, JobResult(outputs: [], facts: RunFacts(), failure: "exit-code"), as: test.worker(first))
        #expect(try await test.registry.leaseJob() != nil)
    }

    @Test(arguments: [
        ClaimJob(labels: ["a b": "c"]), ClaimJob(labels: ["a": ""]), ClaimJob(labels: ["a": "\u{1B}[31m"]),
        ClaimJob(labels: [:], waitSeconds: -1), ClaimJob(labels: [:], waitSeconds: 3600),
        ClaimJob(labels: Dictionary(uniqueKeysWithValues: (0...50).map { ("l\($0)", "x") })),
    ])
    func claimsAreChecked(claim: ClaimJob) async throws {
        let test = try await TestRegistry()
        let worker = try await worker("lab", test)
        #expect(await code { _ = try await test.registry.claimJob(claim, as: worker) } == .invalidRequest)
    }

    @Test func theServersOwnWorkerNeedsNoRow() async throws {
        let test = try await TestRegistry()
        _ = try await queue(test)
        let token = test.registry.embeddedWorkerToken.revealed
        let caller = try await test.registry.authenticate(token, requestID: "w")
        #expect(try await test.registry.claimJob(ClaimJob(labels: [:]), as: caller).job != nil)
        // It ends with its process.
        try await test.restart { next in
            #expect(await code { _ = try await next.authenticate(token, requestID: "w") } == .unauthenticated)
        }
    }
}
