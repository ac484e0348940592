import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Pushing, deciding, moving aliases and fetching, with the rules of the contract.
@Suite struct VersionTests {
    private func expect(_ code: ErrorCode, _ operation: () async throws -> Void) async {
        do {
            try await operation()
            Issue.record("expected \(code.rawValue)")
        } catch {
            #expect((error as? RegistryError)?.code == code, "\(error)")
        }
    }

    private let production = "production"

    @Test func versionsAreNumberedAndSayWhichArtifactTheyShare() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("weights".utf8))
        let first = try await test.push("demo/house", [file])
        let second = try await test.push("DEMO/House", [file])
        #expect(first.number == 1 && first.sameArtifactAs == nil)
        #expect(second.number == 2 && second.sameArtifactAs == 1)
        #expect(second.name.description == "demo/house")
        #expect(first.artifact == second.artifact && first.digest != second.digest)
    }

    @Test func manyPushesAtOnceGetManyNumbers() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("weights".utf8))
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await test.push("demo/race", [file]).number } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(1...20))
    }

    @Test func nothingIsRecordedOfBytesThatWereNotUploaded() async throws {
        let test = try await TestRegistry()
        let absent = ArtifactFile(
            path: try ArtifactPath("w.bin"), size: 3, sha256: Digest.of(Data("abc".utf8)))
        await expect(.blobUnknown) { _ = try await test.push("demo/house", [absent]) }
        let held = try await test.file("w.bin", Data("abc".utf8))
        let lying = ArtifactFile(path: held.path, size: 4, sha256: held.sha256)
        await expect(.lengthMismatch) { _ = try await test.push("demo/house", [lying]) }
        #expect(try await test.push("demo/house", [held]).number == 1)
    }

    @Test func approvalIsTheOnlyWayToADeployer() async throws {
        let test = try await TestRegistry()
        let pushed = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        let reference = try VersionReference("demo/house:1")
        let path = try ArtifactPath("w.bin")
        func decide(_ decision: Decision, _ caller: Caller) async throws -> ApprovalState {
            try await test.registry.decide(
                DecideVersion(decision: decision, digest: pushed.digest), about: reference, as: caller
            ).decision.state
        }
        func fetch() async throws -> ServedFile {
            try await test.registry.openFile(path, of: reference, as: test.deployer)
        }
        await expect(.versionNotApproved) { _ = try await fetch() }
        await expect(.forbidden) { _ = try await decide(.approve, test.pusher) }
        await expect(.conflict) { _ = try await decide(.withdraw, test.approver) }
        #expect(try await decide(.approve, test.approver) == .approved)
        #expect(try await fetch().size == 7)
        await expect(.conflict) { _ = try await decide(.approve, test.approver) }
        #expect(try await decide(.withdraw, test.approver) == .withdrawn)
        await expect(.versionNotApproved) { _ = try await fetch() }
        #expect(try await decide(.reject, test.approver) == .rejected)
        await expect(.versionNotApproved) { _ = try await fetch() }
        // The pusher may read any bytes of the namespace.
        #expect(try await test.registry.openFile(path, of: reference, as: test.pusher).version == 1)
        let actions = try await test.registry.auditEntries(after: -1, limit: 100).compactMap {
            $0.entry["action"]?.string
        }
        #expect(
            actions.filter { $0.hasPrefix("version.") } == [
                "version.create", "version.fetch.refuse", "version.approve.refuse", "version.approve",
                "version.withdraw", "version.fetch.refuse", "version.reject", "version.fetch.refuse",
            ])
    }

    @Test func fourEyesAreOfPrincipalsNotOfTokens() async throws {
        let test = try await TestRegistry()
        let pushed = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        // The same person comes back with another token and the approver's role.
        let token = try await test.registry.createToken(
            CreateToken(principal: "ci", roles: [.approver], namespace: test.namespace), as: test.admin)
        let again = try await test.registry.authenticate(token.token, requestID: "t")
        await expect(.fourEyes) {
            _ = try await test.registry.decide(
                DecideVersion(decision: .approve, digest: pushed.digest), about: VersionReference("demo/house:1"),
                as: again)
        }
    }

    @Test func aDecisionIsAboutTheDigestThatWasSeen() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        await expect(.preconditionFailed) {
            _ = try await test.registry.decide(
                DecideVersion(decision: .approve, digest: Digest.of(Data())),
                about: VersionReference("demo/house:1"), as: test.approver)
        }
    }

    @Test func nonfiniteValuesCanNeverBeApproved() async throws {
        let test = try await TestRegistry()
        let npy = try Data(
            contentsOf: URL(filePath: #filePath).appending(path: "../../WeightFormatsTests/Fixtures/nan.npz")
                .standardized)
        let weights = try await test.push("demo/nan", [try await test.file("w.npz", npy)])
        #expect(weights.flags == ["nonfinite"])
        let metrics = try await test.push(
            "demo/nan", [try await test.file("w.bin", Data("x".utf8))], metrics: [Metric(name: "mse", value: .nan)])
        #expect(metrics.flags == ["nonfinite"])
        for version in [weights, metrics] {
            await expect(.nonfiniteVersion) {
                _ = try await test.registry.decide(
                    DecideVersion(decision: .approve, digest: version.digest),
                    about: VersionReference("demo/nan:\(version.number)"), as: test.approver)
            }
        }
    }

    @Test func productionIsProtectedAndAliasesMoveByCompareAndSwap() async throws {
        let test = try await TestRegistry()
        let name = try QualifiedName("demo/house")
        let pushed = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        let alias = try Alias(production)
        func move(_ alias: Alias, _ number: Int?, expected: Int? = nil) async throws -> Int? {
            try await test.registry.moveAlias(alias, of: name, to: number, expected: expected, as: test.approver)
                .version
        }
        #expect(try await move(Alias("staging"), 1) == 1)
        await expect(.versionNotApproved) { _ = try await move(alias, 1) }
        _ = try await test.registry.decide(
            DecideVersion(decision: .approve, digest: pushed.digest), about: VersionReference("demo/house:1"),
            as: test.approver)
        await expect(.preconditionFailed) { _ = try await move(alias, 1, expected: 7) }
        #expect(try await move(alias, 1, expected: 0) == 1)
        await expect(.preconditionFailed) { _ = try await move(alias, 1, expected: 0) }
        await expect(.notFound) { _ = try await move(alias, 9) }
        let served = try await test.registry.openFile(
            ArtifactPath("w.bin"), of: VersionReference("demo/house:production"), as: test.deployer)
        #expect(served.versionDigest == pushed.digest)
        #expect(try await move(alias, nil) == nil)
        await expect(.notFound) {
            _ = try await test.registry.openFile(
                ArtifactPath("w.bin"), of: VersionReference("demo/house:production"), as: test.deployer)
        }
    }

    @Test func runsNameTheDatasetsTheyRead() async throws {
        let test = try await TestRegistry()
        let data = try await test.file("train.csv", Data("1,2\n".utf8))
        let dataset = try await test.registry.createDatasetVersion(
            CreateDatasetVersion(files: [data]), of: QualifiedName("demo/house"), as: test.pusher)
        #expect(dataset.version.number == 1)
        let weights = try await test.file("w.bin", Data("x".utf8))
        let reference = try VersionReference("demo/house:1")
        let input = RunInput(name: "train", phase: .train, dataset: reference)
        let metric = Metric(name: "mse", value: 0.5, dataset: reference)
        #expect(try await test.push("demo/house", [weights], metrics: [metric], inputs: [input]).number == 1)
        await expect(.notFound) {
            let absent = RunInput(name: "train", phase: .train, dataset: try VersionReference("demo/absent:1"))
            _ = try await test.push("demo/house", [weights], inputs: [absent])
        }
        await expect(.invalidRequest) { _ = try await test.push("demo/house", [weights], metrics: [metric, metric]) }
    }

    @Test func aSourceThatProvesNothingIsRefused() async throws {
        let test = try await TestRegistry()
        let bundle = try await test.file("bundle", Data("commit 0\u{0}".utf8))
        let source = Recipe.Source(
            url: nil, commit: try GitCommit(String(repeating: "1", count: 40)), subfolder: "", bundle: bundle.sha256)
        let run = RunDescription(kind: .import, source: source)
        await expect(.sourceNotProven) {
            _ = try await test.registry.pushVersion(
                CreateModelVersion(files: [bundle], run: run), of: QualifiedName("demo/house"), as: test.pusher)
        }
    }

    @Test func tokensEndWhenTheirTimeIsOver() async throws {
        let test = try await TestRegistry()
        let token = try await test.registry.createToken(
            CreateToken(principal: "temp", roles: [.reader], namespace: test.namespace, expiresInDays: 1),
            as: test.admin)
        test.clock.now.withLock { $0 += 86_399_999 }
        _ = try await test.registry.authenticate(token.token, requestID: "t")
        test.clock.now.withLock { $0 += 1 }
        await expect(.tokenExpired) { _ = try await test.registry.authenticate(token.token, requestID: "t") }
    }

    @Test func tokensEndAtOnceWhenRevoked() async throws {
        let test = try await TestRegistry()
        let token = try await test.registry.createToken(
            CreateToken(principal: "temp", roles: [.reader], namespace: test.namespace, expiresInDays: 1),
            as: test.admin)
        _ = try await test.registry.authenticate(token.token, requestID: "t")
        await expect(.forbidden) { try await test.registry.revokeToken(token.record.id, as: test.pusher) }
        try await test.registry.revokeToken(token.record.id, as: test.admin)
        await expect(.tokenExpired) { _ = try await test.registry.authenticate(token.token, requestID: "t") }
        await expect(.invalidRequest) {
            _ = try await test.registry.createToken(
                CreateToken(principal: "temp", expiresInDays: 91), as: test.admin)
        }
        await expect(.forbidden) {
            _ = try await test.registry.createToken(CreateToken(principal: "evil", roles: [.admin]), as: test.pusher)
        }
    }
}
