import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Reproductions that change something on purpose: each says what it changed, and none counts as a verdict about its version.
@Suite struct VariationTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]
    private static let other: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([9, 9])]
    private static let host = [
        "arch": "x86_64", "python": "3.11.2", "python.numpy": "1.24.2", "blas.kernel": "SkylakeX",
    ]

    private func vary(
        _ version: VersionReference, only subjects: [Variation.Subject]? = nil, _ test: TestRegistry,
        as caller: Caller? = nil
    ) async throws -> RequestedVariations {
        try await test.registry.requestVariations(
            RequestVariations(kind: .retrain, vary: subjects), of: version, as: caller ?? test.approver)
    }

    @Test func oneThingIsChangedAtATime() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs, resources: .init(cpus: 2), host: Self.host)
        let requested = try await vary(version, test)
        #expect(
            requested.items.map { $0.variation?.description } == [
                nil, "threads=1", "threads=4", "hash-seed=1", "folder=elsewhere", "blas-kernel=Prescott",
                "cpu-features=no-avx",
            ])
        #expect(requested.skipped.isEmpty)
        for item in requested.items {
            let lease = try #require(try await test.registry.leaseJob())
            #expect(lease.id == item.id)
            let job = try await test.registry.job(lease.id, as: test.worker(lease))
            #expect(job.variation == item.variation)
        }
    }

    @Test func whatCannotBeChangedIsSaidWithItsReason() async throws {
        let test = try await TestRegistry()
        let plain = try await test.train(Self.outputs, resources: .init(cpus: 1))
        let requested = try await vary(plain, test)
        #expect(requested.items.map { $0.variation?.description } == [nil, "threads=2", "folder=elsewhere"])
        #expect(requested.skipped.map(\.subject) == [.hashSeed, .blasKernel, .cpuFeatures])
        var host = Self.host
        host["blas.kernel"] = "Prescott"
        let old = try await test.train(
            Self.outputs, name: "demo/old", env: ["PYTHONHASHSEED": "3", "OMP_NUM_THREADS": "1"], host: host)
        let subjects: [Variation.Subject] = [.hashSeed, .blasKernel, .threads]
        let some = try await vary(old, only: subjects, test)
        #expect(some.items.map { $0.variation?.description } == [nil, "threads=2"])
        #expect(some.skipped.map(\.subject) == [.hashSeed, .blasKernel])
        #expect(some.skipped.first?.reason.contains("PYTHONHASHSEED") == true)
    }

    @Test func aVariedVerdictIsNoVerdictAboutTheVersion() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs, host: Self.host)
        try await test.decide(.approve, test.registry.version(version, kind: .model, as: test.admin).summary)
        _ = try await test.registry.setSchedule(SetSchedule(everyHours: 24), in: test.namespace, as: test.admin)
        let requested = try await vary(version, only: [.hashSeed], test)
        let unchanged = try #require(try await test.carryOutNext(writing: Self.outputs))
        #expect(unchanged.variation == nil && unchanged.staleAt != nil)
        var facts = RunFacts()
        facts.host = Self.host.merging(["variation": "hash-seed=1"]) { $1 }
        let changed = try #require(try await test.carryOutNext(writing: Self.other, facts: facts))
        #expect(changed.id == requested.items[1].id && changed.verdict?.verdict == .diverged)
        #expect(changed.staleAt == nil && changed.verdict?.conditions.differs == ["variation"])
        let record = try await test.registry.version(version, kind: .model, as: test.admin)
        #expect(record.summary.verdict == .bitIdentical && record.summary.verdictAt == unchanged.endedAt)
        #expect(record.reproductions?.first?.variation == changed.variation)
        // Its signed statement says what was changed.
        let envelope = try await test.registry.statement(of: changed.id, as: test.approver)
        let key = try PublicKey(pem: try await test.registry.signingKeys().keys[0].publicKey)
        let payload = try envelope.payload(signedBy: key)
        let statement = try InTotoStatement<ReproductionPredicate>(
            payload, predicateType: ReproductionPredicate.type)
        #expect(statement.predicate.variation == changed.variation)
    }

    @Test func schedulesPassOverVariedRuns() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs, host: Self.host)
        try await test.decide(.approve, test.registry.version(version, kind: .model, as: test.admin).summary)
        let requested = try await vary(version, only: [.hashSeed], test)
        _ = try await test.registry.cancelReproduction(requested.items[0].id, as: test.approver)
        _ = try await test.carryOutNext(writing: Self.outputs)
        _ = try await test.registry.setSchedule(SetSchedule(everyHours: 24), in: test.namespace, as: test.admin)
        let now = test.clock.now.withLock { $0 }
        #expect(try await test.registry.queueScheduled(CollectionClock(latest: now)).requested.count == 1)
    }

    @Test func aSetIsQueuedAsAWholeAndOnce() async throws {
        let test = try await TestRegistry(jobLimits: JobLimits(queuedPerNamespace: 2))
        let version = try await test.train(Self.outputs, host: Self.host)
        #expect(await code { _ = try await vary(version, test) } == .policyViolated)
        #expect(try await test.registry.leaseJob() == nil)
        var caller = test.approver
        caller.idempotency = try IdempotentRequest(key: "k", digest: Digest.of(Data("r".utf8)))
        let first = try await vary(version, only: [.folder], test, as: caller)
        let again = try await vary(version, only: [.folder], test, as: caller)
        #expect(first.items.map(\.id) == again.items.map(\.id) && first.items.count == 2)
        _ = try await test.push("demo/imported", text: "w")
        let imported = try VersionReference("demo/imported:1")
        #expect(await code { _ = try await vary(imported, test) } == .notVerifiable)
        #expect(await code { _ = try await vary(version, test, as: test.deployer) } == .forbidden)
    }

    @Test(arguments: ["", "threads", "threads=", "threads=a b", "speed=1", "hash-seed=\u{0}", "hash-seed=é"])
    func onlyVariationsAreParsed(_ text: String) {
        #expect(throws: RegistryError.self) { try Variation(text) }
    }
}
