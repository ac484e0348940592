import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// What is told of a version, of a push and of a run.
@Suite struct VersionRecordTests {
    private func reproduce(
        _ test: TestRegistry, _ number: Int, _ kind: Verdict.Kind, _ outcome: Verdict.Outcome, endedAt: Int64
    ) async throws -> RunID {
        let id = RunID(at: endedAt)
        let verdict = Verdict(kind: kind, verdict: outcome)
        try await test.execute(
            """
            INSERT INTO reproductions (id, version_id, kind, state, requested_by, created_at, ended_at, outcome, verdict)
            SELECT ?, versions.id, ?, 'done', ?, ?, ?, ?, ? FROM versions JOIN collections ON collections.id = collection_id
            WHERE number = ? AND kind = 'model'
            """,
            [
                id.text, kind.rawValue, test.approver.principal, endedAt, endedAt, outcome.rawValue,
                String(decoding: try StrictJSON.encode(verdict), as: UTF8.self), number,
            ])
        return id
    }

    @Test func aVersionIsToldWithRunDecisionsAndReproductions() async throws {
        let test = try await TestRegistry()
        try await test.dataset("demo/train", "1,2\n")
        let source = try await test.source("first")
        let log = try await test.file("log", Data("hello\n".utf8))
        var facts = RunFacts()
        facts.builder = "jenkins"
        let dataset = try VersionReference("demo/train:1")
        let run = RunDescription(
            kind: .import, source: source, inputs: [RunInput(name: "train", phase: .train, dataset: dataset)],
            image: try ContainerImage("app:1.4@\(Digest.of(Data()))"),
            metrics: [Metric(name: "mse", step: 3, value: 0.5, dataset: dataset), Metric(name: "loss", value: 2)],
            facts: facts, log: log.sha256)
        let file = try await test.file("w.bin", Data("weights".utf8))
        let created = try await test.registry.pushVersion(
            CreateModelVersion(files: [file], run: run), of: QualifiedName("demo/house"), as: test.pusher)
        #expect(created.warnings == [])
        try await test.decide(.approve, created.version)
        try await test.decide(.withdraw, created.version)
        _ = try await test.registry.moveAlias(
            Alias("staging"), of: QualifiedName("demo/house"), to: 1, as: test.approver)
        _ = try await reproduce(test, 1, .retrain, .bitIdentical, endedAt: 1_700_000_000_001)
        _ = try await reproduce(test, 1, .retrain, .diverged, endedAt: 1_700_000_000_002)
        let newest = try await reproduce(test, 1, .evaluate, .bitIdentical, endedAt: 1_700_000_000_003)

        let record = try await test.registry.version(
            VersionReference("demo/house:staging"), kind: .model, as: test.deployer)
        #expect(record.summary.approval == .withdrawn && record.summary.aliases == ["staging"])
        #expect(record.summary.verdict == .diverged)
        #expect(record.summary.createdBy.name == "ci" && record.summary.commit == source.commit)
        #expect(try record.document.canonicalDigest() == record.summary.digest)
        #expect(record.files == [file])
        #expect(record.approvals?.map(\.decision) == [.approve, .withdraw])
        #expect(record.approvals?.first?.principal.name == "ann")
        #expect(record.reproductions?.count == 3 && record.reproductions?.first?.id == newest)
        #expect(record.reproductions?.first?.verdict?.verdict == .bitIdentical)
        let told = try #require(record.run)
        #expect(told.source == source && told.inputs == run.inputs && told.image == run.image)
        #expect(told.metrics == [run.metrics[1], run.metrics[0]] && told.facts == facts && told.log == log.sha256)
        #expect(told.version?.description == "demo/house:1" && told.createdBy.name == "ci")
        let alone = try await test.registry.run(told.id, as: test.deployer)
        #expect(alone.version == told.version)

        let data = try await test.registry.version(dataset, kind: .dataset, as: test.deployer)
        #expect(data.summary.approval == nil && data.approvals == nil && data.run == nil)
    }

    @Test func aPushSaysLoudlyWhatIsWrongWithIt() async throws {
        let test = try await TestRegistry()
        let npz = URL(filePath: #filePath).appending(path: "../../WeightFormatsTests/Fixtures/nan.npz").standardized
        let file = try await test.file("model/w.npz", try Data(contentsOf: npz))
        let run = RunDescription(kind: .import, metrics: [Metric(name: "mse", value: .infinity)])
        func push() async throws -> CreatedVersion {
            try await test.registry.pushVersion(
                CreateModelVersion(files: [file], run: run), of: QualifiedName("demo/nan"), as: test.pusher)
        }
        let first = try await push()
        #expect(first.version.flags == ["nonfinite"])
        #expect(first.warnings.count == 3)
        #expect(first.warnings[0].hasPrefix("NOT FINITE: model/w.npz") && first.warnings[0].contains("NaN"))
        #expect(first.warnings[1].contains("mse is +inf"))
        #expect(first.warnings[2].contains("never be approved"))
        let second = try await push()
        #expect(second.version.sameArtifactAs == 1)
        #expect(second.warnings.last == "the files are byte for byte those of demo/nan:1")
    }

    @Test func failedRunsAreKeptWithoutAVersion() async throws {
        let test = try await TestRegistry()
        let log = try await test.file("log", Data("boom\n".utf8))
        var run = RunDescription(kind: .import, state: .failed, log: log.sha256)
        run.facts.exitCode = 3
        let record = try await test.registry.createRun(CreateRun(run: run), in: test.namespace, as: test.pusher)
        #expect(record.state == .failed && record.version == nil && record.facts.exitCode == 3)
        #expect(try await test.registry.run(record.id, as: test.deployer).log == log.sha256)
        await expectError(.forbidden) {
            _ = try await test.registry.createRun(CreateRun(run: run), in: test.namespace, as: test.deployer)
        }
        await expectError(.invalidRequest) {
            _ = try await test.registry.createRun(
                CreateRun(run: RunDescription(kind: .import)), in: test.namespace, as: test.pusher)
        }
        let stranger = try await test.namespace("other", pusher: "eve").pusher
        let absent = RunID(at: 0)
        let hidden = await expectError(.notFound) { _ = try await test.registry.run(record.id, as: stranger) }
        let missing = await expectError(.notFound) { _ = try await test.registry.run(absent, as: stranger) }
        #expect(hidden?.message == missing?.message.replacing(absent.text, with: record.id.text))
        let actions = try await test.registry.auditLog(of: test.namespace, PageRequest(), as: test.admin).items
            .compactMap { $0.entry["action"]?.string }
        #expect(actions.suffix(2) == ["run.create", "run.create.refuse"])
    }

    @Test func aRunMayOnlyNameDatasetsThatItsPusherMayFetch() async throws {
        let test = try await TestRegistry()
        try await test.dataset("demo/secret", "1,2\n")
        let other = try await test.namespace("other", pusher: "eve")
        let file = try await test.file("w.bin", "x", in: other.name, as: other.pusher)
        let dataset = try VersionReference("demo/secret:1")
        func push(_ run: RunDescription, as caller: Caller) async throws {
            _ = try await test.registry.pushVersion(
                CreateModelVersion(files: [file], run: run), of: QualifiedName("other/house"), as: caller)
        }
        let reads = RunDescription(kind: .import, inputs: [RunInput(name: "d", phase: .train, dataset: dataset)])
        let measures = RunDescription(kind: .import, metrics: [Metric(name: "mse", value: 1, dataset: dataset)])
        for run in [reads, measures] { await expectError(.notFound) { try await push(run, as: other.pusher) } }
        let auditor = try await test.caller("otto", [.auditor])
        _ = try await test.registry.setMember("otto", of: other.name, to: [.pusher], as: test.admin)
        await expectError(.forbidden) { try await push(reads, as: auditor) }
        _ = try await test.registry.setMember("eve", of: test.namespace, to: [.reader], as: test.admin)
        for run in [reads, measures] { try await push(run, as: other.pusher) }
    }
}
