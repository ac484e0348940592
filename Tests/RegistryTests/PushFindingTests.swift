import Foundation
import Registry
import RegistryTypes
import Testing

/// What a push is told about its files.
@Suite struct PushFindingTests {
    private func code(_ operation: () async throws -> Void) async -> ErrorCode? {
        do {
            try await operation()
            return nil
        } catch {
            return (error as? RegistryError)?.code
        }
    }

    @Test func aWeightFileThatCannotBeReadIsNamed() async throws {
        let test = try await TestRegistry()
        let broken = Data("\u{93}NUMPY garbage".utf8)
        let created = try await test.registry.pushVersion(
            CreateModelVersion(
                files: [try await test.file("w.npy", broken)], run: RunDescription(kind: .import)),
            of: QualifiedName("demo/broken"), as: test.pusher)
        #expect(created.warnings.contains { $0.contains("w.npy cannot be read as npy") }, "\(created.warnings)")
        let opaque = try await test.registry.pushVersion(
            CreateModelVersion(files: [try await test.file("w.xyz", broken)], run: RunDescription(kind: .import)),
            of: QualifiedName("demo/opaque"), as: test.pusher)
        #expect(opaque.warnings == [])
    }

    @Test func linksThatLeadOutAreRefusedByTheServerToo() async throws {
        let test = try await TestRegistry()
        for (target, expected) in [
            ("../../etc/passwd", ErrorCode.invalidPath), ("/etc/passwd", .invalidPath), ("b", nil),
        ] {
            let file = try await test.file("a/link", Data(target.utf8))
            let link = ArtifactFile(path: file.path, size: file.size, sha256: file.sha256, mode: .symlink)
            let found = await code {
                _ = try await test.registry.createDatasetVersion(
                    CreateDatasetVersion(files: [link]), of: QualifiedName("demo/links"), as: test.pusher)
            }
            #expect(found == expected, "\(target)")
        }
    }

    @Test func bytesOfAnotherNamespaceAreNotLookedInto() async throws {
        let test = try await TestRegistry()
        _ = try await test.train(["model.safetensors": TestRecipe.safetensors([.nan])])
        let other = try ResourceName("other")
        _ = try await test.registry.createNamespace(other, as: test.admin)
        let token = try await test.registry.createToken(
            CreateToken(principal: "eve", roles: [.pusher], namespace: other), as: test.admin)
        let eve = try await test.registry.authenticate(token.token, requestID: "t")
        let (bundle, commit) = TestRecipe.bundle()
        let source = Recipe.Source(
            url: nil, commit: try GitCommit(String(commit.reversed())), subfolder: "", bundle: Digest.of(bundle))
        let own = ArtifactFile(
            path: try ArtifactPath("w"), size: 1, sha256: Digest.of(Data("x".utf8)))
        // A source that proves nothing, whose bytes another namespace has: the same answer as for no bytes at all.
        let found = await code {
            _ = try await test.registry.pushVersion(
                CreateModelVersion(files: [own], run: RunDescription(kind: .import, source: source)),
                of: QualifiedName("other/m"), as: eve)
        }
        #expect(found == .blobUnknown)
    }
}
