import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Going back to where an alias pointed before, races for an alias, and what was so at a time.
@Suite struct RollbackTests {
    private let name = "demo/house"

    /// A registry with so many approved versions.
    private func registry(versions: Int) async throws -> TestRegistry {
        let test = try await TestRegistry()
        for number in 1...versions { try await test.decide(.approve, await test.push(name, text: "w\(number)")) }
        return test
    }

    private func move(_ number: Int?, _ test: TestRegistry, alias: String = "production") async throws {
        _ = try await test.registry.moveAlias(
            Alias(alias), of: QualifiedName(name), to: number, as: test.approver)
    }

    private func rollBack(_ test: TestRegistry, expected: Int? = nil) async throws -> AliasRecord {
        try await test.registry.rollBackAlias(
            Alias("production"), of: QualifiedName(name), expected: expected, as: test.approver)
    }

    @Test func eachRollbackGoesOneMoveFurtherBack() async throws {
        let test = try await registry(versions: 4)
        await expectError(.notFound) { _ = try await rollBack(test) }
        for number in [1, 2, 3] { try await move(number, test) }
        await expectError(.preconditionFailed) { _ = try await rollBack(test, expected: 2) }
        let back = try await rollBack(test, expected: 3)
        #expect(back.version == 2 && back.isRollback == true && back.decision != nil)
        #expect(try await rollBack(test).version == 1)
        await expectError(.conflict) { _ = try await rollBack(test) }
        try await move(4, test)
        #expect(try await rollBack(test).version == 1)
        let history = try await test.registry.aliasHistory(
            of: Alias("production"), of: QualifiedName(name), kind: .model, PageRequest(limit: 99), as: test.deployer)
        #expect(history.items.map(\.version) == [1, 4, 1, 2, 3, 2, 1])
        let entries = try await test.actions().filter { $0.hasPrefix("alias.") }
        #expect(
            entries.filter { $0 == "alias.rollback" }.count == 3 && entries.filter { $0 == "alias.move" }.count == 4)
    }

    @Test func aRollbackMeetsThePolicyButIsNotCompared() async throws {
        let test = try await TestRegistry()
        for accuracy in [0.5, 0.9] {
            let pushed = try await test.push(
                name, [try await test.file("w.bin", Data("\(accuracy)".utf8))],
                metrics: [Metric(name: "acc", value: accuracy)])
            try await test.decide(.approve, pushed)
            try await move(pushed.number, test)
        }
        var policy = PolicyDocument()
        policy.comparisons = [.init(name: "acc", better: .higher, notWorseThan: 0)]
        _ = try await test.registry.setPolicy(SetPolicy(policy: policy), in: test.namespace, as: test.admin)
        await expectError(.policyViolated) { _ = try await rollBack(test) }
        for number in [1, 2] {
            let version = try VersionReference("\(name):\(number)")
            let seen = try await test.registry.policyAnswer(of: Alias("production"), about: version, as: test.approver)
            _ = try await test.registry.decide(
                DecideVersion(decision: .approve, digest: seen.decision.facts.digest, evidence: seen.evidence),
                about: version, as: test.approver)
        }
        await expectError(.policyViolated) { try await move(1, test) }
        #expect(try await rollBack(test).version == 1)
        try await test.decide(
            .withdraw, test.registry.version(VersionReference("\(name):2"), kind: .model, as: test.admin).summary)
        await expectError(.policyViolated) { try await move(2, test) }
    }

    @Test func movesFromBeforeItWasRecordedAreTakenBackInOrder() async throws {
        let test = try await registry(versions: 3)
        for number in [1, 2, 3] { try await move(number, test, alias: "staging") }
        try await test.execute(
            """
            INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by)
            SELECT collection_id, 'production', version_id, moved_at, moved_by FROM alias_moves WHERE alias = 'staging'
            """)
        #expect(try await rollBack(test).version == 2)
        #expect(try await rollBack(test).version == 1)
        await expectError(.conflict) { _ = try await rollBack(test) }
    }

    @Test func ofManyMovesAtOnceThatExpectTheSameOneHappens() async throws {
        let test = try await registry(versions: 9)
        try await move(1, test)
        let winners: [Int] = await withTaskGroup(of: Int?.self) { group in
            for number in 2...9 {
                group.addTask {
                    try? await test.registry.moveAlias(
                        Alias("production"), of: QualifiedName("demo/house"), to: number, expected: 1, as: test.approver
                    ).version
                }
            }
            return await group.reduce(into: [Int]()) { if let number = $1 { $0.append(number) } }
        }
        #expect(winners.count == 1)
        let present = try await test.registry.version(
            VersionReference("\(name):production"), kind: .model, as: test.admin)
        #expect([present.summary.number] == winners)
    }
}
