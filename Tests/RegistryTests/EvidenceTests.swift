import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Every verdict has a statement, signed when it was recorded, that anybody with the public key can check.
@Suite struct EvidenceTests {
    private static let outputs: TestRegistry.Outputs = [
        "model.safetensors": TestRecipe.safetensors([1, 2]), "m.json": Data(#"{"loss":NaN,"kept":0.5}"#.utf8),
    ]

    private func onlyKey(_ test: TestRegistry) async throws -> PublicKey {
        let keys = try await test.registry.signingKeys().keys
        #expect(keys.count == 1 && keys[0].validUntil == nil)
        return try PublicKey(pem: keys[0].publicKey)
    }

    private func statement(
        of record: ReproductionRecord, _ test: TestRegistry
    ) async throws -> InTotoStatement<ReproductionPredicate> {
        let envelope = try await test.registry.statement(of: record.id, as: test.approver)
        let payload = try envelope.payload(signedBy: await onlyKey(test))
        #expect(Digest.of(payload) == record.statement)
        #expect(!String(decoding: payload, as: UTF8.self).contains("NaN"))
        return try InTotoStatement(payload, predicateType: ReproductionPredicate.type)
    }

    private func last(_ version: VersionReference, _ test: TestRegistry) async throws -> ReproductionRecord {
        let page = try await test.registry.reproductions(of: version, PageRequest(limit: 1), as: test.approver)
        return try #require(page.items.first)
    }

    @Test func aVerdictIsStatedWithAllThatItRestsOn() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        var facts = RunFacts()
        facts.host = ["cpu.model": "y", "package.numpy": "1.26.0"]
        var changed = Self.outputs
        changed["model.safetensors"] = TestRecipe.safetensors([1, 3])
        _ = try await test.reproduce(version, writing: changed, facts: facts)
        let record = try await last(version, test)
        let summary = try await test.registry.version(version, kind: .model, as: test.approver).summary
        let statement = try await statement(of: record, test)
        let predicate = statement.predicate
        #expect(statement.subject.map(\.name) == ["model:demo/model:1", "model.safetensors"])
        #expect(statement.subject[0].digest == ["sha256": summary.artifact.hex])
        #expect(
            statement.subject[1].digest == ["sha256": Digest.of(TestRecipe.safetensors([1, 2])).hex])
        #expect(predicate.version.digest == summary.digest && predicate.version.recipe != nil)
        #expect(predicate.reproduction == record.id && predicate.run != nil && predicate.verdict == .metricEquivalent)
        #expect(predicate.conditions.changes?.map(\.fact) == ["cpu.model", "package.numpy"])
        #expect(predicate.conditions.differs == ["cpu", "packages"])
        #expect(predicate.outputs[0].worst?.name == "w" && predicate.flags.contains("nonfinite"))
        #expect(predicate.metrics.first { $0.name == "loss" }?.original?.class == .nan)
        let report = try await test.registry.report(of: record.id, as: test.approver)
        #expect(Digest.of(report) == predicate.evidence.report)
        #expect(try StrictJSON.decode(Verdict.self, from: report) == record.verdict)
        let run = try await test.registry.run(try #require(predicate.run), as: test.approver)
        #expect(try run.facts.canonicalDigest() == predicate.evidence.facts)
    }

    @Test func theAuditLogNamesTheStatement() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.reproduce(version, writing: Self.outputs)
        let record = try await last(version, test)
        let entries = try await test.registry.auditEntries(after: -1, limit: 1000).map(\.entry)
        let end = entries.last { $0["action"]?.string == "reproduction.end" }
        #expect(record.statement != nil && end?["after"]?["statement"]?.string == record.statement?.description)
        let key = entries.first { $0["action"]?.string == "signing-key.create" }
        #expect(key?["object"]?.string == "signing-key:\(try await onlyKey(test).id)")
    }

    @Test func whatIsNotVerifiableIsStatedToo() async throws {
        let test = try await TestRegistry()
        let summary = try await test.push("demo/plain", [try await test.file("w", Data("x".utf8))])
        let version = VersionReference(name: summary.name, selector: .number(summary.number))
        let record = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let predicate = try await statement(of: record, test).predicate
        #expect(predicate.verdict == .notVerifiable && predicate.reason == "no-recipe")
        #expect(predicate.version.recipe == nil && predicate.run == nil && predicate.evidence.log == nil)
    }

    @Test func aWorkerThatWasLostIsStated_andCancellingIsNot() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let lost = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        for _ in 1...4 {
            _ = try await test.registry.leaseJob()
            test.clock.now.withLock { $0 += 40_000 }
        }
        let predicate = try await statement(of: test.registry.reproduction(lost.id, as: test.approver), test).predicate
        #expect(predicate.verdict == .failed && predicate.reason == "worker-lost")
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let cancelled = try await test.registry.cancelReproduction(asked.id, as: test.approver)
        #expect(cancelled.statement == nil)
        await expectError(.notFound) { _ = try await test.registry.statement(of: asked.id, as: test.approver) }
        await expectError(.notFound) { _ = try await test.registry.report(of: asked.id, as: test.approver) }
    }

    @Test func outputsThatDifferStayForTheirTime() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        var changed = Self.outputs
        changed["model.safetensors"] = TestRecipe.safetensors([1, 3])
        _ = try await test.reproduce(version, writing: changed)
        let record = try await last(version, test)
        #expect(try await statement(of: record, test).predicate.evidence.outputs != nil)
        let digest = Digest.of(TestRecipe.safetensors([1, 3]))
        for (days, isThere) in [(80, true), (12, false)] {
            try await test.pass(Int64(days) * TestRegistry.day)
            for _ in 1...2 {
                try await test.collect()
                try await test.pass(2 * TestRegistry.day)
            }
            #expect(test.registry.blobs.contains(digest) == isThere)
        }
        // What it was stays known, and the store is sound without the bytes.
        #expect(
            try await statement(of: test.registry.reproduction(record.id, as: test.approver), test).predicate.version
                .reference.description == "demo/model:1")
        #expect(try await test.fsck(readData: true).findings == [])
    }

    @Test func statementsNeverChange() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.reproduce(version, writing: Self.outputs)
        try test.registry.close()
        let database = try DatabaseQueue(path: test.folder + "/meta.db")
        for sql in [
            "UPDATE statements SET payload = x'00'", "DELETE FROM statements", "DELETE FROM signing_keys",
            "UPDATE signing_keys SET public_key = zeroblob(32)", "UPDATE signing_keys SET valid_from = 0",
        ] {
            await #expect(throws: DatabaseError.self, "\(sql)") {
                try await database.write { try $0.execute(sql: sql) }
            }
        }
        try database.close()
    }

    @Test func provenanceSaysWhatWasRecorded_andIsTheSameEachTime() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let envelope = try await test.registry.provenance(of: version, as: test.deployer)
        test.clock.now.withLock { $0 += 1_000_000 }
        #expect(try await test.registry.provenance(of: version, as: test.deployer).payload == envelope.payload)
        let statement = try InTotoStatement<ProvenancePredicate>(
            envelope.payload(signedBy: await onlyKey(test)), predicateType: ProvenancePredicate.type)
        let definition = statement.predicate.buildDefinition
        #expect(definition.buildType == "urn:assay:recipe:v1")
        #expect(definition.externalParameters["recipe"]?["seed"]?.int == 1)
        #expect(definition.resolvedDependencies.first?.digest?["gitCommit"] == TestRecipe.bundle().commit)
        #expect(statement.subject.first?.name == "model:demo/model:1")
    }

    @Test func onlyWhoMaySeeTheVersionSeesItsEvidence() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        _ = try await test.reproduce(version, writing: Self.outputs)
        let record = try await last(version, test)
        let other = try ResourceName("other")
        _ = try await test.registry.createNamespace(other, as: test.admin)
        let token = try await test.registry.createToken(
            CreateToken(principal: "eve", roles: [.admin], namespace: other), as: test.admin)
        let eve = try await test.registry.authenticate(token.token, requestID: "t")
        await expectError(.notFound) { _ = try await test.registry.statement(of: record.id, as: eve) }
        await expectError(.notFound) { _ = try await test.registry.report(of: record.id, as: eve) }
        await expectError(.notFound) { _ = try await test.registry.provenance(of: version, as: eve) }
        await expectError(.forbidden) { _ = try await test.registry.rotateSigningKey(as: eve) }
    }
}
