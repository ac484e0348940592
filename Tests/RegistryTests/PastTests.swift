import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// What was so, and known, at a time.
@Suite struct PastTests {
    private static let outputs: TestRegistry.Outputs = ["model.safetensors": TestRecipe.safetensors([1, 2])]
    private let version = "demo/model:1"

    /// A registry in which something happened each hour: 0 nothing, 1 pushed, 2 verified, 3 approved, 4 production,
    /// 5 a policy, 6 a second version in staging, 7 withdrawn and production removed, 8 version 2 removed.
    private struct Story {
        let test: TestRegistry
        private let start: Int64

        init() async throws {
            test = try await TestRegistry()
            start = test.clock.now.withLock { $0 }
            try await tell()
        }

        private func tell() async throws {
            let registry = test.registry
            let name = try QualifiedName("demo/model")
            pass()
            let version = try await test.train(PastTests.outputs)
            pass()
            _ = try await test.reproduce(version, writing: PastTests.outputs)
            pass()
            let summary = try await registry.version(version, kind: .model, as: test.admin).summary
            try await test.decide(.approve, summary)
            pass()
            _ = try await registry.moveAlias(Alias("production"), of: name, to: 1, as: test.approver)
            pass()
            _ = try await registry.setPolicy(SetPolicy(policy: PolicyDocument()), in: test.namespace, as: test.admin)
            pass()
            _ = try await test.train(["model.safetensors": TestRecipe.safetensors([3])])
            _ = try await registry.moveAlias(Alias("staging"), of: name, to: 2, as: test.approver)
            pass()
            try await test.decide(.withdraw, summary)
            _ = try await registry.moveAlias(Alias("production"), of: name, to: nil, as: test.approver)
            _ = try await registry.moveAlias(Alias("staging"), of: name, to: nil, as: test.approver)
            pass()
            let second = try await registry.version(VersionReference("demo/model:2"), kind: .model, as: test.admin)
            try await test.remove(second.summary)
        }

        private func pass() { test.clock.now.withLock { $0 += 3_600_000 } }

        /// Somebody who asks about so many hours after the beginning; nil for now.
        func asking(at hour: Int64?) -> Caller {
            var caller = test.deployer
            caller.past = hour.map { start + $0 * 3_600_000 + 60_000 }
            return caller
        }
    }

    @Test func aVersionIsShownAsItWas() async throws {
        let story = try await Story()
        let reference = try VersionReference(version)
        func show(_ hour: Int64?) async throws -> VersionRecord {
            try await story.test.registry.version(reference, kind: .model, as: story.asking(at: hour))
        }
        await expectError(.notFound) { _ = try await show(0) }
        let pushed = try await show(1)
        #expect(pushed.summary.approval == .pending && pushed.summary.verdict == nil)
        #expect(pushed.reproductions?.isEmpty == true && pushed.approvals?.isEmpty == true)
        let verified = try await show(2)
        #expect(verified.summary.verdict == .bitIdentical && verified.summary.approval == .pending)
        #expect(verified.reproductions?.first?.statement != nil)
        let approved = try await show(3)
        #expect(approved.summary.approval == .approved && approved.summary.aliases.isEmpty)
        #expect(try await show(4).summary.aliases == ["production"])
        #expect(try await show(6).summary.aliases == ["production"])
        let withdrawn = try await show(7)
        #expect(withdrawn.summary.approval == .withdrawn && withdrawn.summary.aliases.isEmpty)
        #expect(withdrawn.approvals?.map(\.decision) == [.approve, .withdraw])
        #expect(try await show(nil).summary.approval == .withdrawn)
        // The document, and with it the digest, is the same whenever it is asked for.
        #expect(try await show(1).summary.digest == show(nil).summary.digest)
    }

    @Test func aliasesPoliciesListsAndLineageAreAsTheyWere() async throws {
        let story = try await Story()
        let (registry, name) = (story.test.registry, try QualifiedName("demo/model"))
        func aliases(_ hour: Int64?) async throws -> [String: Int?] {
            let page = try await registry.aliases(
                of: name, kind: .model, PageRequest(), as: story.asking(at: hour))
            return Dictionary(page.items.map { ($0.alias.text, $0.version) }, uniquingKeysWith: { $1 })
        }
        #expect(try await aliases(3) == [:])
        #expect(try await aliases(4) == ["production": 1])
        #expect(try await aliases(6) == ["production": 1, "staging": 2])
        #expect(try await aliases(7) == [:])
        let production = try VersionReference("demo/model:production")
        #expect(try await registry.version(production, kind: .model, as: story.asking(at: 5)).summary.number == 1)
        await expectError(.notFound) {
            _ = try await registry.version(production, kind: .model, as: story.asking(at: 7))
        }
        for (hour, count) in [(0, 0), (4, 0), (5, 1), (8, 1)] as [(Int64, Int)] {
            let policies = try await registry.policies(in: story.test.namespace, as: story.asking(at: hour))
            #expect(policies.count == count, "\(hour)")
        }
        for (hour, numbers) in [(1, [1]), (5, [1]), (6, [2, 1]), (8, [2, 1])] as [(Int64, [Int])] {
            let page = try await registry.versions(of: name, kind: .model, PageRequest(), as: story.asking(at: hour))
            #expect(page.items.map(\.number) == numbers, "\(hour)")
        }
        func lineage(_ hour: Int64?) async throws -> Set<String> {
            let graph = try await registry.lineage(of: Reference("model:\(version)"), .both, as: story.asking(at: hour))
            return Set(graph.nodes.map { $0.kind == "model" ? "\($0.kind) \($0.label)" : $0.kind })
        }
        #expect(try await lineage(1) == ["model pending", "run", "commit"])
        #expect(try await lineage(2) == ["model pending", "run", "commit", "reproduction"])
        #expect(try await lineage(4) == ["model approved", "run", "commit", "reproduction", "alias"])
        #expect(try await lineage(7) == ["model withdrawn", "run", "commit", "reproduction"])
        let second = try VersionReference("demo/model:2")
        #expect(try await registry.version(second, kind: .model, as: story.asking(at: 7)).summary.removedAt == nil)
        #expect(try await registry.version(second, kind: .model, as: story.asking(at: nil)).summary.removedAt != nil)
    }

    @Test func aReproductionThatEndedLaterWasStillWaiting() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(Self.outputs)
        let asked = try await test.registry.requestReproduction(.retrain, of: version, as: test.approver)
        let times = test.clock.now.withLock { now in
            now += 1000
            return now
        }
        let leased = try await test.registry.leaseJob()
        let job = try #require(leased)
        test.clock.now.withLock { $0 += 1000 }
        try await test.registry.returnJob(job.id, wasStopped: true, as: test.worker(job))
        test.clock.now.withLock { $0 += 1000 }
        _ = try await test.carryOutNext(writing: Self.outputs)
        var caller = test.deployer
        caller.past = times - 500
        let then = try await test.registry.reproduction(asked.id, as: caller)
        #expect(then.state == .queued && then.verdict == nil && then.endedAt == nil)
        #expect(try await test.registry.reproduction(asked.id, as: test.deployer).verdict != nil)
    }

    /// What a run says of its own time is not known before the run was recorded.
    @Test func whatIsToldLaterWasNotKnownBefore() async throws {
        let test = try await TestRegistry()
        let before = test.clock.now.withLock { $0 }
        test.clock.now.withLock { $0 += 10 * TestRegistry.day }
        var run = RunDescription(kind: .import)
        run.facts.startedAt = before - TestRegistry.day
        run.facts.endedAt = before
        let pushed = try await test.registry.pushVersion(
            CreateModelVersion(files: [try await test.file("w.bin", Data("w".utf8))], run: run),
            of: QualifiedName("demo/model"), as: test.pusher)
        var caller = test.deployer
        caller.past = before + TestRegistry.day
        await expectError(.notFound) {
            _ = try await test.registry.version(VersionReference("demo/model:1"), kind: .model, as: caller)
        }
        #expect(pushed.version.createdAt == before + 10 * TestRegistry.day)
    }

    /// Rights are those of now: neither are bytes served by an approval of the past, nor do roles come back.
    @Test func whoMayAskIsAMatterOfNow() async throws {
        let story = try await Story()
        _ = try await story.test.registry.setMember("deploy", of: story.test.namespace, to: [], as: story.test.admin)
        await expectError(.notFound) {
            _ = try await story.test.registry.version(
                VersionReference(version), kind: .model, as: story.asking(at: 4))
        }
    }

    @Test func membersAreThoseOfThatTime() async throws {
        let test = try await TestRegistry()
        func pass() { test.clock.now.withLock { $0 += 3_600_000 } }
        let start = test.clock.now.withLock { $0 }
        func members(_ hour: Int64?, as caller: Caller? = nil) async throws -> [String: [Role]] {
            var caller = caller ?? test.admin
            caller.past = hour.map { start + $0 * 3_600_000 + 60_000 }
            let page = try await test.registry.members(of: test.namespace, PageRequest(), as: caller)
            return Dictionary(uniqueKeysWithValues: page.items.map { ($0.principal.name, $0.roles) })
        }
        func set(_ name: String, _ roles: [Role]) async throws {
            _ = try await test.registry.setMember(name, of: test.namespace, to: roles, as: test.admin)
        }
        pass()
        try await set("ann", [.reader, .approver])
        pass()
        try await set("ann", [.reader])
        try await set("ci", [])
        pass()
        try await set("ann", [.reader, .approver])
        let first: [String: [Role]] = ["ci": [.pusher], "ann": [.approver], "deploy": [.deployer]]
        #expect(try await members(0) == first)
        await expectError(.notFound) { _ = try await members(-1) }
        #expect(try await members(1) == first.merging(["ann": [.approver, .reader]]) { $1 })
        #expect(try await members(2) == ["ann": [.reader], "deploy": [.deployer]])
        #expect(try await members(3) == ["ann": [.approver, .reader], "deploy": [.deployer]])
        #expect(try await members(nil) == members(3))
        pass()
        // Who may ask is a matter of now, also for who had the role then.
        let admin = try await test.caller("boss", [.admin])
        #expect(try await members(0, as: admin) == first)
        try await set("boss", [.reader])
        await expectError(.forbidden) { _ = try await members(3, as: admin) }
        // A name that was erased does not come back, the roles of its id do.
        _ = try await test.registry.erasePrincipal("ann", as: test.admin)
        let known = try await members(3)
        #expect(known.count == 2 && known[test.approver.principal] == [.approver, .reader])
        #expect(try await members(nil)[test.approver.principal] == nil)
    }

    /// A table that gets a column with a time must be shown as it was, or have a reason.
    @Test func everyTableWithATimeIsShownAsItWas() async throws {
        let test = try await TestRegistry()
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        defer { try? queue.close() }
        let tables = try await queue.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT entry.name FROM sqlite_schema AS entry, pragma_table_info(entry.name) AS info
                    WHERE entry.type = 'table' AND (info.name LIKE '%\\_at' ESCAPE '\\')
                    """)
        }
        let known = Set(PastViews.times.keys).union(PastViews.present.keys).union(["reproductions"])
        #expect(Set(tables).subtracting(known).sorted() == [])
    }
}
