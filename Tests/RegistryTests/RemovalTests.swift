import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Removing versions, by hand and by rule, and what keeps them (invariant I21).
@Suite struct RemovalTests {
    private func reason(_ operation: () async throws -> Void) async -> String? {
        await expectError(.policyViolated) { try await operation() }?.details["reason"]
    }

    @Test func aRemovedVersionKeepsItsRecordAndItsNumberButServesNothing() async throws {
        let test = try await TestRegistry()
        let registry = test.registry
        for text in ["one", "two"] { _ = try await test.push("demo/house", text: text) }
        let name = try QualifiedName("demo/house")
        let reference = VersionReference(name: name, selector: .number(2))
        let before = try await registry.version(reference, kind: .model, as: test.pusher)
        await expectError(.forbidden) { _ = try await registry.removeVersion(reference, kind: .model, as: test.pusher) }
        await expectError(.invalidReference) {
            _ = try await registry.removeVersion(
                VersionReference(name: name, selector: .latest), kind: .model, as: test.admin)
        }
        let removed = try await test.remove(before.summary)
        #expect(removed.removedAt != nil && removed.digest == before.summary.digest)
        #expect(try await test.remove(before.summary) == removed)
        #expect(try await test.actions().filter { $0 == "version.remove" }.count == 1)

        let path = try ArtifactPath("w.bin")
        await expectError(.versionRemoved) { _ = try await registry.openFile(path, of: reference, as: test.pusher) }
        await expectError(.versionRemoved) { _ = try await registry.checksums(of: reference, as: test.pusher) }
        await expectError(.versionRemoved) {
            _ = try await registry.openBlob(Digest.of(Data("two".utf8)), in: test.namespace, as: test.pusher)
        }
        await expectError(.versionRemoved) {
            _ = try await registry.moveAlias(Alias("best"), of: name, to: 2, as: test.pusher)
        }
        await expectError(.versionRemoved) { try await test.decide(.approve, before.summary) }
        await expectError(.versionRemoved) {
            _ = try await registry.requestReproduction(.retrain, of: reference, as: test.approver)
        }
        #expect(try await registry.openFile(path, of: VersionReference("demo/house"), as: test.pusher).version == 1)
        #expect(try await registry.collection(name, kind: .model, as: test.pusher).latest == 1)

        try await test.pass(TestRegistry.day + 1)
        for _ in 1...2 { try await test.collect() }
        #expect(try await test.isStored("two") == (false, false))
        let after = try await registry.version(reference, kind: .model, as: test.pusher)
        #expect(after.files == before.files && after.document == before.document)
        let graph = try await registry.lineage(of: .model(reference), .both, as: test.pusher)
        #expect(graph.nodes.first?.label == "removed, pending")
        #expect(try await test.push("demo/house", text: "two").number == 3)
        #expect(try await test.isStored("two") == (true, true))
    }

    @Test func whatIsApprovedAliasedReadOrReproducedStays() async throws {
        let test = try await TestRegistry()
        let approved = try await test.push("demo/house", text: "approved")
        try await test.decide(.approve, approved)
        #expect(await reason { try await test.remove(approved) } == "approved")
        #expect(try await test.actions().last == "version.remove.refuse")
        try await test.decide(.withdraw, approved)

        let alias = try Alias("best")
        _ = try await test.registry.moveAlias(alias, of: approved.name, to: 1, as: test.pusher)
        #expect(await reason { try await test.remove(approved) } == "alias")
        _ = try await test.registry.moveAlias(alias, of: approved.name, to: nil, as: test.pusher)
        try await test.remove(approved)

        let data = try await test.dataset("demo/train", "1,2\n")
        let input = RunInput(name: "a", phase: .train, dataset: try VersionReference("demo/train:1"))
        let model = try await test.push("demo/house", [try await test.file("w", Data("x".utf8))], inputs: [input])
        #expect(await reason { try await test.remove(data, kind: .dataset) } == "input")
        try await test.remove(model)
        try await test.remove(data, kind: .dataset)
        await expectError(.versionRemoved) {
            _ = try await test.push("demo/house", [try await test.file("w", Data("y".utf8))], inputs: [input])
        }

        let reference = try await test.train(["w.bin": Data("weights".utf8)])
        let trained = try await test.registry.version(reference, kind: .model, as: test.pusher).summary
        let job = try await test.registry.requestReproduction(.retrain, of: reference, as: test.approver)
        #expect(await reason { try await test.remove(trained) } == "reproduction")
        _ = try await test.registry.cancelReproduction(job.id, as: test.approver)
        try await test.remove(trained)
    }

    @Test func i21AHeldVersionIsRemovedByNobodyUntilTwoPersonsLiftTheHold() async throws {
        let test = try await TestRegistry()
        let version = try await test.push("demo/house", text: "held")
        let other = try await test.push("demo/house", text: "free")
        let reference = VersionReference(name: version.name, selector: .number(1))
        let (ada, ben) = (try await test.caller("ada", [.admin]), try await test.caller("ben", [.admin]))
        await expectError(.forbidden) {
            _ = try await test.registry.placeHold(
                PlaceHold(reason: "x"), on: reference, kind: .model, as: test.approver)
        }
        await expectError(.invalidRequest) {
            _ = try await test.registry.placeHold(PlaceHold(reason: ""), on: reference, kind: .model, as: ada)
        }
        let hold = try await test.registry.placeHold(
            PlaceHold(reason: "case 12"), on: reference, kind: .model, as: ada)
        #expect(await reason { try await test.remove(version) } == "held")
        await #expect(throws: (any Error).self, "the schema holds it too") {
            try await test.execute("INSERT INTO version_removals VALUES (1, 1, NULL)")
        }
        // Nor by a rule.
        _ = try await test.registry.setRetention(
            SetRetention(rule: RetentionRule(keepDays: 1)), in: test.namespace, as: ada)
        try await test.pass(2 * TestRegistry.day)
        let removed = try await test.collect().removals.map(\.version.description)
        #expect(removed == ["model:demo/house:2"] && other.number == 2)

        #expect(try await test.registry.liftHold(hold.id, as: ada).lifted == nil)
        await expectError(.fourEyes) { _ = try await test.registry.liftHold(hold.id, as: ada) }
        let robot = try await test.registry.createToken(
            CreateToken(principal: "robot", kind: .service, roles: [.admin], namespace: test.namespace), as: test.admin)
        let service = try await test.registry.authenticate(robot.token, requestID: "t")
        await expectError(.fourEyes) { _ = try await test.registry.liftHold(hold.id, as: service) }
        #expect(await reason { try await test.remove(version) } == "held")
        await #expect(throws: (any Error).self, "the schema asks for two persons") {
            try await test.execute(
                "INSERT INTO hold_lifts VALUES (?, 'confirm', 1, ?)", [hold.id.text, ada.principal])
        }
        let lifted = try await test.registry.liftHold(hold.id, as: ben)
        #expect(lifted.liftAsked?.by.name == "ada" && lifted.lifted?.by.name == "ben")
        await expectError(.conflict) { _ = try await test.registry.liftHold(hold.id, as: ben) }
        #expect(try await test.registry.holds(in: test.namespace, PageRequest(), as: test.pusher).items == [lifted])
        try await test.remove(version)
        await expectError(.versionRemoved) {
            _ = try await test.registry.placeHold(PlaceHold(reason: "y"), on: reference, kind: .model, as: ada)
        }
        let actions = try await test.actions()
        for action in ["hold.place", "hold.ask-lift", "hold.lift", "hold.lift.refuse"] {
            #expect(actions.contains(action), "\(action)")
        }
    }

    @Test func withoutARuleNothingIsEverRemoved() async throws {
        let test = try await TestRegistry()
        for number in 1...3 { _ = try await test.push("demo/house", text: "\(number)") }
        try await test.pass(30 * TestRegistry.day)
        #expect(try await test.collect().removals.isEmpty)
        let report = try await test.registry.testRetention(TestRetention(), in: test.namespace, as: test.pusher)
        #expect(report.items.isEmpty)
    }

    @Test func aRuleKeepsTheLastAndTheYoungAndWhatIsNeeded() async throws {
        let test = try await TestRegistry()
        for number in 1...5 {
            let version = try await test.push("demo/house", text: "\(number)")
            if number == 2 { try await test.decide(.approve, version) }
            try await test.pass(10 * TestRegistry.day)
        }
        _ = try await test.push("demo/other", text: "other")
        try await test.dataset("demo/data", "1\n")
        let rule = RetentionRule(keepLast: 2, keepDays: 25)
        await expectError(.forbidden) {
            _ = try await test.registry.setRetention(SetRetention(rule: rule), in: test.namespace, as: test.pusher)
        }
        await expectError(.invalidRequest) {
            _ = try await test.registry.setRetention(
                SetRetention(rule: RetentionRule(keepLast: 0)), in: test.namespace, as: test.admin)
        }
        func outcomes(_ trial: RetentionRule? = nil) async throws -> [String] {
            try await test.registry.testRetention(TestRetention(rule: trial), in: test.namespace, as: test.pusher)
                .items.map { "\($0.version) \($0.outcome.rawValue) \($0.reason)" }
        }
        let expected = [
            "model:demo/house:1 removed expired", "model:demo/house:2 kept approved",
            "model:demo/house:3 removed expired", "model:demo/house:4 kept keep-last",
            "model:demo/house:5 kept keep-last", "model:demo/other:1 kept keep-last",
        ]
        #expect(try await outcomes(rule) == expected)
        #expect(try await outcomes().isEmpty)
        _ = try await test.registry.setRetention(SetRetention(rule: rule), in: test.namespace, as: test.admin)
        #expect(try await outcomes() == expected)
        // A model's own rule stands over that of the namespace.
        _ = try await test.registry.setRetention(
            SetRetention(model: ResourceName("house"), rule: RetentionRule(keepLast: 3)), in: test.namespace,
            as: test.admin)
        #expect(try await outcomes()[2] == "model:demo/house:3 kept keep-last")
        let rules = try await test.registry.retention(in: test.namespace, as: test.pusher)
        #expect(rules.map(\.model?.text) == [nil, "house"])
        let third = try await test.registry.version(VersionReference("demo/house:3"), kind: .model, as: test.pusher)
        #expect(await reason { try await test.remove(third.summary) } == "keep-last")

        let dry = try await test.dryRun()
        #expect(dry.removals.map(\.version.description) == ["model:demo/house:1"])
        #expect(try await test.collect().removals == dry.removals)
        #expect(try await test.collect().removals.isEmpty)
        let log = try await test.registry.auditLog(of: test.namespace, PageRequest(limit: 1000), as: test.admin).items
        let removals = log.filter { $0.entry["action"]?.string == "version.remove" }
        #expect(removals.map { $0.entry["object"]?.string } == ["model:demo/house:1"])
        #expect(removals.first?.entry["actor"]?.string == "server")

        _ = try await test.registry.setRetention(
            SetRetention(model: ResourceName("house"), rule: RetentionRule()), in: test.namespace, as: test.admin)
        _ = try await test.registry.setRetention(
            SetRetention(rule: RetentionRule()), in: test.namespace, as: test.admin)
        #expect(try await outcomes().isEmpty)
    }

    @Test func aDatasetHasOnlyItsOwnRule() async throws {
        let test = try await TestRegistry()
        for text in ["1\n", "2\n"] { try await test.dataset("demo/data", text) }
        _ = try await test.registry.setRetention(
            SetRetention(rule: RetentionRule(keepLast: 1)), in: test.namespace, as: test.admin)
        #expect(try await test.collect().removals.isEmpty)
        _ = try await test.registry.setRetention(
            SetRetention(dataset: ResourceName("data"), rule: RetentionRule(keepLast: 1)), in: test.namespace,
            as: test.admin)
        #expect(try await test.collect().removals.map(\.version.description) == ["dataset:demo/data:1"])
    }
}
