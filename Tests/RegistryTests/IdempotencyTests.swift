import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// The same request with the same key is done once (invariant I10).
@Suite struct IdempotencyTests {
    private func keyed(_ caller: Caller, _ key: String, _ request: String) throws -> Caller {
        var caller = caller
        caller.idempotency = try IdempotentRequest(key: key, digest: Digest.of(Data(request.utf8)))
        return caller
    }

    @Test func theSameAnswerComesAgainForADay() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        let caller = try keyed(test.approver, "k", "r")
        let first = try await test.registry.requestReproduction(.retrain, of: version, as: caller)
        test.clock.now.withLock { $0 += 86_000_000 }
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).count
        let again = try await test.registry.requestReproduction(.retrain, of: version, as: caller)
        #expect(again.id == first.id)
        #expect(try await test.registry.auditEntries(after: -1, limit: 1000).count == entries)
        // Another principal's key is another key; a day later the key is free again.
        let other = try keyed(test.pusher, "k", "r")
        #expect(try await test.registry.requestReproduction(.retrain, of: version, as: other).id != first.id)
        test.clock.now.withLock { $0 += 86_400_001 }
        #expect(try await test.registry.requestReproduction(.retrain, of: version, as: caller).id != first.id)
    }

    @Test func aKeyOfAnotherRequestIsRefused() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        _ = try await test.registry.requestReproduction(
            .retrain, of: version, as: keyed(test.approver, "k", "r"))
        do {
            _ = try await test.registry.requestReproduction(
                .evaluate, of: version, as: keyed(test.approver, "k", "other"))
            Issue.record("accepted")
        } catch {
            #expect((error as? RegistryError)?.code == .idempotencyKeyReused)
        }
    }

    @Test(arguments: ["", "with space", "tab\t", "größe", String(repeating: "x", count: 256)])
    func otherKeysAreRefused(key: String) {
        #expect(throws: RegistryError.self) { try IdempotentRequest(key: key, digest: Digest.of(Data())) }
    }
}
