import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// The private key stays in its file; public keys stay known for ever.
@Suite struct SigningKeyTests {
    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/keys").sorted()
    }

    @Test func theKeyIsMadeOnceForItsOwnerAlone() async throws {
        let test = try await TestRegistry()
        #expect(try await test.registry.signingKeys().keys.isEmpty)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try? await test.registry.prepareSigningKey() } }
        }
        let keys = try await test.registry.signingKeys().keys
        #expect(keys.count == 1)
        #expect(try files(test.folder) == ["\(keys[0].id.hex).pem"])
        let file = "\(test.folder)/keys/\(keys[0].id.hex).pem"
        let rights = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        let secret = try #require(SigningKey(pem: String(contentsOfFile: file, encoding: .utf8)))
        #expect(try secret.publicKey.pem == keys[0].publicKey)
        // It stands nowhere else.
        try test.registry.close()
        let seed = try #require(Data(base64Encoded: secret.revealed.split(separator: "\n")[1].description)).suffix(32)
        let parts = ["meta.db", "meta.db-wal"].compactMap {
            FileManager.default.contents(atPath: "\(test.folder)/\($0)")
        }
        let database = Data(parts.joined())
        #expect(database.range(of: seed) == nil && database.range(of: Data(keys[0].id.bytes)) != nil)
    }

    @Test func oldStatementsStayGoodAfterARotation() async throws {
        let test = try await TestRegistry()
        let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]
        let version = try await test.train(outputs)
        _ = try await test.reproduce(version, writing: outputs)
        let old = try #require(try await test.registry.signingKeys().keys.first)
        test.clock.now.withLock { $0 += 1000 }
        let new = try await test.registry.rotateSigningKey(as: test.admin)
        let keys = try await test.registry.signingKeys().keys
        #expect(keys.map(\.id) == [new.id, old.id])
        #expect(keys[0].validUntil == nil && keys[1].validUntil == keys[0].validFrom)
        #expect(try files(test.folder) == ["\(new.id.hex).pem"])
        let page = try await test.registry.reproductions(of: version, PageRequest(limit: 1), as: test.approver)
        let envelope = try await test.registry.statement(of: try #require(page.items.first).id, as: test.approver)
        #expect(throws: Never.self) { try envelope.payload(signedBy: PublicKey(pem: old.publicKey)) }
        let provenance = try await test.registry.provenance(of: version, as: test.approver)
        #expect(throws: Never.self) { try provenance.payload(signedBy: PublicKey(pem: new.publicKey)) }
        #expect(try await test.fsck(readData: true).findings == [])
    }

    @Test func aBackupHoldsNoSecret_andARestoredServerSignsWithAnotherKey() async throws {
        let test = try await TestRegistry()
        try await test.registry.prepareSigningKey()
        let old = try #require(try await test.registry.signingKeys().keys.first)
        _ = try await test.backUp(RequestBackup(verify: true))
        let target = test.folder + "-restored"
        defer { try? FileManager.default.removeItem(atPath: target) }
        _ = try await Restore(backup: test.backups, target: target, allowsIncomplete: false).run()
        #expect(!FileManager.default.fileExists(atPath: target + "/keys"))
        let restored = try ModelRegistry(dataFolder: target, clock: { 1_800_000_000_000 })
        try await restored.prepareSigningKey()
        let keys = try await restored.signingKeys().keys
        #expect(keys.count == 2 && keys[1].id == old.id && keys[1].validUntil == 1_800_000_000_000)
        try restored.close()
    }

    @Test func aFileThatIsNotTheKeySignsNothing() async throws {
        let test = try await TestRegistry()
        let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]
        let version = try await test.train(outputs)
        try await test.registry.prepareSigningKey()
        let file = "\(test.folder)/keys/\(try files(test.folder)[0])"
        try SigningKey().revealed.write(toFile: file, atomically: true, encoding: .utf8)
        await expectError(.integrityFailure) {
            _ = try await test.registry.provenance(of: version, as: test.approver)
        }
        await expectError(.integrityFailure) { _ = try await test.reproduce(version, writing: outputs) }
        // The key that is gone is replaced; no verdict was recorded without a statement.
        try FileManager.default.removeItem(atPath: file)
        #expect(try await test.reproduce(version, writing: outputs) != nil)
        #expect(try await test.registry.signingKeys().keys.count == 2)
    }
}
