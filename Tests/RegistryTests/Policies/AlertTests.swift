import AuditLog
import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// What is no longer as its policy wants it is told once, and served all the same.
@Suite struct AlertTests {
    private static let hour: Int64 = 3_600_000
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]

    /// A registry whose production asks for a verdict of the last day, and a verified, approved version in it.
    private struct Setting {
        let test: TestRegistry
        let version: VersionReference

        init(aged hours: Int? = 24, inProduction: Bool = true) async throws {
            test = try await TestRegistry()
            version = VersionReference(
                name: try await test.train(AlertTests.outputs).name, selector: .number(1))
            var policy = PolicyDocument()
            policy.verdict = .init(kind: .retrain, atLeast: .withinTolerance, notOlderThanHours: hours)
            try await set(policy)
            _ = try await test.reproduce(version, writing: AlertTests.outputs)
            try await approve()
            if inProduction {
                _ = try await test.registry.moveAlias(
                    Alias("production"), of: version.name, to: 1, as: test.approver)
            }
        }

        func set(_ policy: PolicyDocument?) async throws {
            _ = try await test.registry.setPolicy(SetPolicy(policy: policy), in: test.namespace, as: test.admin)
        }

        func approve() async throws {
            let seen = try await test.registry.policyAnswer(
                of: Alias("production"), about: version, as: test.approver)
            _ = try await test.registry.decide(
                DecideVersion(
                    decision: .approve, digest: seen.decision.facts.digest, evidence: seen.evidence),
                about: version, as: test.approver)
        }

        func pass(_ hours: Int64) { test.clock.now.withLock { $0 += hours * AlertTests.hour } }

        /// Looks as the server does.
        func look() async throws -> [AuditEntry] {
            try await test.registry.raiseAlerts(CollectionClock(latest: test.clock.now.withLock { $0 }))
        }

        func alerts() async throws -> [AlertRecord] {
            try await test.registry.version(version, kind: .model, as: test.deployer).alerts ?? []
        }

        func alertsOfAlias() async throws -> [AlertRecord] {
            try await test.registry.aliases(of: version.name, kind: .model, PageRequest(), as: test.deployer).items
                .flatMap { $0.alerts ?? [] }
        }

        func fetch() async throws {
            _ = try await test.registry.openFile(ArtifactPath("model.safetensors"), of: version, as: test.deployer)
        }
    }

    @Test func aVerdictThatGrewTooOldIsToldOnceAndServedAllTheSame() async throws {
        let setting = try await Setting()
        setting.pass(24)
        #expect(try await setting.look().isEmpty)
        setting.pass(1)
        let entry = try #require(try await setting.look().first)
        #expect(entry.action == "verdict.stale" && entry.object == "model:demo/model:1")
        #expect(entry.after?["ageHours"]?.int == 25 && entry.after?["limitHours"]?.int == 24)
        #expect(entry.after?["verdict"]?.string == "bit-identical")
        #expect(try await setting.look().isEmpty)
        #expect(try await setting.alerts().map(\.kind) == [.staleVerdict])
        #expect(try await setting.alertsOfAlias().map(\.kind) == [.staleVerdict])
        try await setting.fetch()
        let log = try await setting.test.registry.auditLog(
            of: setting.test.namespace, PageRequest(limit: 1000), as: setting.test.admin)
        let written = log.items.filter { $0.entry["action"]?.string == "verdict.stale" }
        #expect(written.map { $0.entry["digest"]?.string } == [entry.digest?.description])
        #expect(written.first?.entry["actor"]?.string == "server")
        // A new verdict ends it, and grows old in its turn.
        _ = try await setting.test.reproduce(setting.version, writing: Self.outputs)
        #expect(try await setting.look().isEmpty)
        #expect(try await setting.alerts().isEmpty)
        setting.pass(25)
        #expect(try await setting.look().map(\.action) == ["verdict.stale"])
    }

    @Test func versionsThatNobodyVerifiesAgainMayGrowOld() async throws {
        let setting = try await Setting(inProduction: false)
        setting.pass(100)
        #expect(try await setting.look().isEmpty)
        _ = try await setting.test.registry.setSchedule(
            SetSchedule(everyHours: 12), in: setting.test.namespace, as: setting.test.admin)
        #expect(try await setting.look().map(\.action) == ["verdict.stale"])
    }

    @Test func nothingIsTooOldWhileTheClockIsDoubtedOrWithoutALimit() async throws {
        let setting = try await Setting()
        setting.pass(100)
        let now = setting.test.clock.now.withLock { $0 }
        let doubted = CollectionClock(latest: now, doubted: now, confirmations: 1)
        #expect(try await setting.test.registry.raiseAlerts(doubted).isEmpty)
        #expect(try await setting.look().count == 1)
        let patient = try await Setting(aged: nil)
        patient.pass(100_000)
        #expect(try await patient.look().isEmpty)
    }

    /// SQL finds the verdict that the rule in Swift finds: neither a local one, nor one by tolerances of its asker, nor one
    /// that failed makes the old one young.
    @Test func onlyAVerdictThatCountsIsYoung() async throws {
        for change in [
            "reserved_for = requested_by", "compare = '{}', outcome = 'within-tolerance'", "outcome = 'failed'",
        ] {
            let setting = try await Setting()
            setting.pass(25)
            _ = try await setting.test.reproduce(setting.version, writing: Self.outputs)
            try await setting.test.execute(
                """
                DROP TRIGGER reproductions_frozen;
                UPDATE reproductions SET \(change) WHERE ended_at = (SELECT max(ended_at) FROM reproductions)
                """)
            let answer = try await setting.test.registry.policyAnswer(
                of: Alias("production"), about: setting.version, as: setting.test.approver)
            #expect(answer.decision.answers.first { $0.rule == "verdict" }?.passed == false, "\(change)")
            #expect(try await setting.look().map(\.action) == ["verdict.stale"], "\(change)")
        }
    }

    @Test func anAliasWhosePolicyChangedIsToldOncePerPolicy() async throws {
        let setting = try await Setting()
        #expect(try await setting.look().isEmpty)
        var strict = PolicyDocument()
        strict.datasets = [try QualifiedName("demo/train")]
        try await setting.set(strict)
        let entry = try #require(try await setting.look().first)
        #expect(entry.action == "alias.out-of-policy" && entry.object == "model:demo/model:production")
        #expect(entry.after?["version"]?.int == 1)
        #expect(entry.after?["policy"]?.string == (try strict.digest().description))
        #expect(entry.after?["rules"] == ["approvals", "datasets"])
        #expect(try await setting.look().isEmpty)
        #expect(try await setting.alerts().map(\.rules) == [["approvals", "datasets"]])
        #expect(try await setting.alertsOfAlias().map(\.alias?.text) == ["production"])
        try await setting.fetch()
        // Another policy is another alert; it ends when the version meets it.
        try await setting.set(PolicyDocument())
        #expect(try await setting.look().map { $0.after?["rules"] } == [["approvals"]])
        #expect(try await setting.alerts().map(\.rules) == [["approvals"]])
        try await setting.approve()
        #expect(try await setting.alerts().isEmpty)
        #expect(try await setting.look().isEmpty)
    }

    @Test func anAliasThatAPolicyBeginsToGuardIsLookedAt() async throws {
        let setting = try await Setting()
        _ = try await setting.test.registry.moveAlias(
            Alias("staging"), of: setting.version.name, to: 1, as: setting.test.approver)
        #expect(try await setting.look().isEmpty)
        var policy = PolicyDocument()
        policy.cleanSource = true
        policy.approvals = .init(count: 2)
        _ = try await setting.test.registry.setPolicy(
            SetPolicy(alias: Alias("staging"), policy: policy), in: setting.test.namespace, as: setting.test.admin)
        #expect(try await setting.look().map(\.object) == ["model:demo/model:staging"])
    }
}
