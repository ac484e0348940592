import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// A clock that is set back breaks neither leases nor order (invariant I18).
@Suite struct ClockJumpTests {
    private static let hour: Int64 = 3_600_000

    private func move(_ test: TestRegistry, by milliseconds: Int64) {
        test.clock.now.withLock { $0 += milliseconds }
    }

    @Test func aLostWorkersLeaseEndsThoughTheClockWasSetBack() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let first = try #require(try await test.registry.leaseJob())
        move(test, by: -Self.hour)
        // A living worker keeps its job, a lost one does not keep it for an hour.
        let worker = try await test.worker(first)
        _ = try await test.registry.heartbeat(first.id, as: worker)
        move(test, by: 20_000)
        #expect(try await test.registry.leaseJob() == nil)
        move(test, by: 20_000)
        #expect(try await test.registry.leaseJob()?.id == first.id)
    }

    @Test func theSameAfterAStart() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        _ = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let first = try #require(try await test.registry.leaseJob())
        let folder = test.folder + "-left"
        try FileManager.default.copyItem(atPath: test.folder, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        move(test, by: -Self.hour)
        let next = try ModelRegistry(dataFolder: folder, clock: { test.clock.now.withLock { $0 } })
        #expect(try await next.leaseJob() == nil)
        move(test, by: 40_000)
        #expect(try await next.leaseJob()?.id == first.id)
        try next.close()
    }

    @Test func theLogGoesOnThoughItsTimesGoBack() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/house", [test.file("w.bin", Data("1".utf8))])
        move(test, by: -Self.hour)
        let second = try await test.push("demo/house", [test.file("w.bin", Data("2".utf8))])
        #expect(second.number == 2)
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).map(\.entry)
        let sequences = entries.compactMap { $0["seq"]?.int }
        #expect(sequences == Array(0..<entries.count))
        let times = entries.compactMap { $0["ts"]?.int }
        #expect(times.count == entries.count && times != times.sorted())
    }

    @Test func theLastVerdictIsTheOneThatCameLast() async throws {
        let test = try await TestRegistry()
        let outputs = ["model.safetensors": TestRecipe.safetensors([1])]
        let version = try await test.train(outputs)
        let first = try await test.reproduce(version, writing: outputs)
        #expect(first?.verdict == .bitIdentical)
        move(test, by: -Self.hour)
        let second = try await test.reproduce(version, writing: ["model.safetensors": TestRecipe.safetensors([2])])
        #expect(second?.verdict == .diverged)
        let shown = try await test.registry.version(version, kind: .model, as: test.approver)
        #expect(shown.summary.verdict == .diverged)
    }

    @Test func aKeyStaysUsedThoughTheClockWasSetBack() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        var caller = test.approver
        caller.idempotency = try IdempotentRequest(key: "k", digest: Digest.of(Data("r".utf8)))
        let first = try await test.registry.requestReproduction(.retrain, of: version, as: caller)
        move(test, by: -Self.hour)
        #expect(try await test.registry.requestReproduction(.retrain, of: version, as: caller).id == first.id)
    }
}
