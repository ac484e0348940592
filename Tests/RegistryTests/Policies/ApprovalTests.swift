import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Approvals of several people, bound to what they saw; requests; and overrides in an emergency.
@Suite struct ApprovalTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]

    /// A registry with a version, a second approver `bob`, and a policy of two approvals, one of them of Bob's group.
    private struct Setting {
        let test: TestRegistry
        let bob: Caller
        let version: VersionReference

        init(policy change: (inout PolicyDocument) -> Void = { _ in }) async throws {
            test = try await TestRegistry()
            bob = try await test.caller("bob", [.approver])
            var policy = PolicyDocument()
            policy.groups = ["risk": [bob.principal]]
            policy.approvals = .init(count: 2, groups: ["risk": 1])
            change(&policy)
            version = VersionReference(
                name: try await test.train(ApprovalTests.outputs).name, selector: .number(1))
            try await set(policy)
        }

        func set(_ policy: PolicyDocument) async throws {
            _ = try await test.registry.setPolicy(SetPolicy(policy: policy), in: test.namespace, as: test.admin)
        }

        func look() async throws -> PolicyTest {
            try await test.registry.policyAnswer(of: Alias("production"), about: version, as: test.approver)
        }

        func approve(as caller: Caller, seeing seen: PolicyTest? = nil) async throws -> ApprovalRecord {
            let first: PolicyTest
            if let seen { first = seen } else { first = try await look() }
            return try await test.registry.decide(
                DecideVersion(decision: .approve, digest: first.decision.facts.digest, evidence: first.evidence),
                about: version, as: caller)
        }

        func decide(_ decision: Decision, as caller: Caller) async throws {
            let digest = try await look().decision.facts.digest
            _ = try await test.registry.decide(
                DecideVersion(decision: decision, digest: digest), about: version, as: caller)
        }

        var state: ApprovalState? {
            get async throws {
                try await test.registry.version(version, kind: .model, as: test.admin).summary.approval
            }
        }

        func fetch() async throws {
            _ = try await test.registry.openFile(
                ArtifactPath("model.safetensors"), of: version, as: test.deployer)
        }

        func move() async throws -> AliasRecord {
            try await test.registry.moveAlias(Alias("production"), of: version.name, to: 1, as: test.approver)
        }
    }

    @Test func aVersionIsApprovedByTheLastApprovalThatIsNeeded() async throws {
        let setting = try await Setting()
        let (test, bob) = (setting.test, setting.bob)
        #expect(try await setting.approve(as: test.approver).isComplete == false)
        #expect(try await setting.state == .pending)
        await expectError(.versionNotApproved) { try await setting.fetch() }
        await expectError(.policyViolated) { _ = try await setting.move() }
        await expectError(.conflict) { _ = try await setting.approve(as: test.approver) }
        #expect(try await setting.approve(as: bob).isComplete == true)
        #expect(try await setting.state == .approved)
        try await setting.fetch()
        #expect(try await setting.move().version == 1)
        let record = try await test.registry.version(setting.version, kind: .model, as: test.admin)
        #expect(record.approvals?.map(\.isComplete) == [false, true])
        #expect(record.approvals?.map(\.principal.name) == ["ann", "bob"])
        #expect(record.approvals?.first?.evidence == record.approvals?.last?.evidence)
    }

    @Test func twoApproversAtOnceBothCountAndOneCompletes() async throws {
        let setting = try await Setting()
        async let first = setting.approve(as: setting.test.approver)
        async let second = setting.approve(as: setting.bob)
        let records = try await [first, second]
        #expect(records.compactMap(\.isComplete).sorted { !$0 && $1 } == [false, true])
        #expect(try await setting.state == .approved)
        #expect(try await setting.test.fetch("SELECT count(*) FROM decisions") == 1)
        #expect(try await setting.test.fetch("SELECT count(*) FROM approval_votes") == 2)
    }

    @Test func anApprovalIsRefusedWhenWhatWasSeenChanged() async throws {
        let setting = try await Setting()
        let seen = try await setting.look()
        _ = try await setting.test.reproduce(setting.version, writing: Self.outputs)
        do {
            _ = try await setting.approve(as: setting.bob, seeing: seen)
            Issue.record("it was approved")
        } catch let error as RegistryError {
            #expect(error.code == .preconditionFailed)
            #expect(error.details["changes"] == "the retrain verdict was missing and is bit-identical")
        }
        // Under a policy that somebody set, nothing can be approved unseen.
        await expectError(.invalidRequest) {
            _ = try await setting.test.registry.decide(
                DecideVersion(decision: .approve, digest: seen.decision.facts.digest), about: setting.version,
                as: setting.bob)
        }
        _ = try await setting.approve(as: setting.bob)
    }

    @Test func aChangedPolicyVoidsApprovalsForNewMovesButServes() async throws {
        let setting = try await Setting()
        _ = try await setting.approve(as: setting.test.approver)
        _ = try await setting.approve(as: setting.bob)
        var stricter = PolicyDocument()
        stricter.approvals = .init(count: 1)
        try await setting.set(stricter)
        await expectError(.policyViolated) { _ = try await setting.move() }
        try await setting.fetch()
        // The same people approve again, under the policy that is in force.
        _ = try await setting.approve(as: setting.bob)
        #expect(try await setting.move().version == 1)
        try await setting.decide(.withdraw, as: setting.test.approver)
        await expectError(.versionNotApproved) { try await setting.fetch() }
        await expectError(.preconditionFailed) {
            _ = try await setting.test.registry.moveAlias(
                Alias("production"), of: setting.version.name, to: 1, expected: 7, as: setting.test.approver)
        }
        #expect(try await setting.look().decision.facts.votes.isEmpty)
    }

    @Test func aWorseVerdictVoidsApprovals() async throws {
        let setting = try await Setting { $0.approvals = .init(count: 1) }
        _ = try await setting.test.reproduce(setting.version, writing: Self.outputs)
        _ = try await setting.approve(as: setting.bob)
        #expect(try await setting.look().decision.holds)
        setting.test.clock.now.withLock { $0 += 1 }
        _ = try await setting.test.reproduce(
            setting.version, writing: ["model.safetensors": TestRecipe.safetensors([1, 5])])
        #expect(try await !setting.look().decision.holds)
        try await setting.fetch()
    }

    @Test func whoPushedOrAskedDoesNotApprove() async throws {
        let setting = try await Setting()
        let test = setting.test
        _ = try await test.registry.requestApproval(
            RequestApproval(comment: "please"), of: setting.version, as: setting.bob)
        await expectError(.conflict) {
            _ = try await test.registry.requestApproval(RequestApproval(), of: setting.version, as: setting.bob)
        }
        await expectError(.fourEyes) { _ = try await setting.approve(as: setting.bob) }
        _ = try await test.registry.setMember("ci", of: test.namespace, to: [.approver, .pusher], as: test.admin)
        await expectError(.fourEyes) { _ = try await setting.approve(as: test.pusher) }
        _ = try await setting.approve(as: test.approver)
        await expectError(.conflict) {
            _ = try await test.registry.requestApproval(RequestApproval(), of: setting.version, as: test.approver)
        }
        // A rejection ends the request with everything else.
        try await setting.decide(.reject, as: test.approver)
        _ = try await setting.approve(as: setting.bob)
        #expect(try await setting.state == .rejected)
        _ = try await setting.approve(as: test.approver)
        #expect(try await setting.state == .approved)
    }

    @Test func aRequestWaitsUntilItsVersionIsDecidedAbout() async throws {
        let setting = try await Setting {
            $0.verdict = .init(kind: .retrain, atLeast: .withinTolerance)
        }
        let (test, bob) = (setting.test, setting.bob)
        func open(_ namespace: String? = nil, as caller: Caller? = nil) async throws -> [OpenApprovalRequest] {
            try await test.registry.openApprovalRequests(
                in: try namespace.map { try ResourceName($0) }, PageRequest(), as: caller ?? test.approver
            ).items
        }
        func ask() async throws {
            _ = try await test.registry.requestApproval(
                RequestApproval(comment: "the data of June"), of: setting.version, as: test.pusher)
        }
        #expect(try await open().isEmpty)
        try await ask()
        let new = try #require(try await open().first)
        #expect(new.version == setting.version && new.principal.name == "ci" && new.comment == "the data of June")
        #expect((new.approvals, new.needed) == (0, 2) && new.answers.map(\.rule) == ["approvals", "verdict"])
        #expect(new.answers.allSatisfy { !$0.passed })
        _ = try await test.reproduce(setting.version, writing: Self.outputs)
        _ = try await setting.approve(as: test.approver)
        let half = try #require(try await open("demo").first)
        #expect(half.approvals == 1 && half.answers.map(\.passed) == [false, true])
        _ = try await setting.approve(as: bob)
        #expect(try await open().isEmpty)
        try await setting.decide(.withdraw, as: bob)
        #expect(try await open().isEmpty)
        try await ask()
        #expect(try await open().map(\.approvals) == [0])
        try await setting.decide(.reject, as: bob)
        #expect(try await open().isEmpty)
    }

    @Test func openRequestsAreThoseOfNamespacesThatOneMayKnowOf() async throws {
        let test = try await TestRegistry()
        let (other, pusher) = try await test.namespace("other", pusher: "else")
        for name in ["demo/a", "demo/b", "demo/c"] {
            _ = try await test.push(name, text: name)
            _ = try await test.registry.requestApproval(
                RequestApproval(), of: VersionReference("\(name):1"), as: test.pusher)
        }
        let file = try await test.file("w.bin", "w", in: other, as: pusher)
        _ = try await test.registry.pushVersion(
            CreateModelVersion(files: [file], run: RunDescription(kind: .import)), of: QualifiedName("other/d"),
            as: pusher)
        _ = try await test.registry.requestApproval(RequestApproval(), of: VersionReference("other/d:1"), as: pusher)
        func names(_ namespace: ResourceName? = nil, as caller: Caller) async throws -> [String] {
            try await everyPage(2) { try await test.registry.openApprovalRequests(in: namespace, $0, as: caller) }
                .map { $0.version.name.description }
        }
        #expect(try await names(as: test.admin) == ["demo/a", "demo/b", "demo/c", "other/d"])
        #expect(try await names(as: test.approver) == ["demo/a", "demo/b", "demo/c"])
        #expect(try await names(as: pusher) == ["other/d"])
        #expect(try await names(other, as: test.admin) == ["other/d"])
        await expectError(.notFound) { _ = try await names(other, as: test.approver) }
    }

    @Test func anOverrideNeedsTwoAdministratorsAndEnds() async throws {
        let setting = try await Setting()
        let test = setting.test
        let (one, two) = (
            try await test.caller("one", [.admin]), try await test.caller("two", [.admin])
        )
        func ask(_ reason: String = "the fraud wave of Friday", hours: Int = 2, as caller: Caller) async throws
            -> OverrideRecord
        {
            try await test.registry.requestOverride(
                RequestOverride(reason: reason, hours: hours), for: setting.version, as: caller)
        }
        await expectError(.forbidden) { _ = try await ask(as: setting.bob) }
        await expectError(.invalidRequest) { _ = try await ask("quick", as: one) }
        await expectError(.invalidRequest) { _ = try await ask(hours: 169, as: one) }
        let asked = try await ask(as: one)
        await expectError(.policyViolated) { _ = try await setting.move() }
        await expectError(.versionNotApproved) { try await setting.fetch() }
        await expectError(.fourEyes) { _ = try await test.registry.confirmOverride(asked.id, as: one) }
        await expectError(.forbidden) { _ = try await test.registry.confirmOverride(asked.id, as: setting.bob) }
        let confirmed = try await test.registry.confirmOverride(asked.id, as: two)
        #expect(confirmed.isInForce(at: test.clock.now.withLock { $0 }))
        await expectError(.conflict) { _ = try await test.registry.confirmOverride(asked.id, as: two) }
        let moved = try await setting.move()
        #expect(moved.override == asked.id)
        try await setting.fetch()
        let summary = try await test.registry.version(setting.version, kind: .model, as: test.deployer).summary
        #expect(summary.overrides?.map(\.id) == [asked.id] && summary.approval == .pending)
        #expect(summary.overriddenAliases == ["production"])
        let found = try await test.registry.search(
            SearchQuery("alias:production", kind: .model), PageRequest(), as: test.deployer)
        #expect(found.items.map(\.overriddenAliases) == [["production"]])
        let graph = try await test.registry.lineage(of: .model(setting.version), .both, as: test.deployer)
        let labels = graph.nodes.filter { ["model", "alias"].contains($0.kind) }.map(\.label)
        #expect(labels.count == 2 && labels.allSatisfy { $0.hasPrefix("production BY EMERGENCY OVERRIDE") })
        let shouts = try await test.registry.auditLog(of: nil, PageRequest(limit: 1000), as: test.admin).items
            .filter { $0.entry["after"]?["EMERGENCY"] != nil }
        #expect(shouts.map { $0.entry["action"]?.string } == ["override.confirm", "alias.move"])
        // It ends: the alias stays, the bytes are closed again.
        test.clock.now.withLock { $0 += 2 * 3_600_000 }
        await expectError(.versionNotApproved) { try await setting.fetch() }
        _ = try await test.registry.moveAlias(
            Alias("production"), of: setting.version.name, to: nil, as: test.approver)
        let left = try await test.registry.version(setting.version, kind: .model, as: test.deployer).summary
        #expect(left.overriddenAliases == nil && left.overrides?.count == 1)
        await expectError(.policyViolated) { _ = try await setting.move() }
        let late = try await ask(as: one)
        test.clock.now.withLock { $0 += 2 * 3_600_000 }
        await expectError(.conflict) { _ = try await test.registry.confirmOverride(late.id, as: two) }
    }

    @Test func noOverridePassesOverARejectionOrNaN() async throws {
        let setting = try await Setting()
        let test = setting.test
        let two = try await test.caller("two", [.admin])
        let asked = try await test.registry.requestOverride(
            RequestOverride(reason: "the fraud wave of Friday", hours: 2), for: setting.version, as: test.admin)
        _ = try await test.registry.confirmOverride(asked.id, as: two)
        try await setting.decide(.reject, as: setting.bob)
        await expectError(.policyViolated) { _ = try await setting.move() }
        await expectError(.versionNotApproved) { try await setting.fetch() }
        await expectError(.conflict) {
            _ = try await test.registry.requestOverride(
                RequestOverride(reason: "the fraud wave of Friday", hours: 2), for: setting.version, as: two)
        }
        _ = try await test.push(
            "demo/nan", [try await test.file("w.bin", Data("x".utf8))], metrics: [Metric(name: "mse", value: .nan)])
        let nan = try VersionReference("demo/nan:1")
        await expectError(.nonfiniteVersion) {
            _ = try await test.registry.requestOverride(
                RequestOverride(reason: "the fraud wave of Friday", hours: 2), for: nan, as: two)
        }
        await expectError(.nonfiniteVersion) {
            _ = try await test.registry.requestApproval(RequestApproval(), of: nan, as: test.approver)
        }
    }
}
