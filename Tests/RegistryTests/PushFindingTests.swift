import Foundation
import Registry
import RegistryTypes
import Testing

/// What a push is told about its files.
@Suite struct PushFindingTests {
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

    @Test func weightsAreSearchedWhateverTheirFilesAreCalled() async throws {
        let test = try await TestRegistry()
        let fixtures = URL(filePath: #filePath).appending(path: "../../WeightFormatsTests/Fixtures").standardized
        let npz = try Data(contentsOf: fixtures.appending(path: "nan.npz"))
        let npy =
            Data([0x93] + "NUMPY\u{1}\0".utf8 + [118, 0]) + Self.header("<f4", "(1,)") + Data([0, 0, 0xC0, 0x7F])
        let complex = Data([0x93] + "NUMPY\u{1}\0".utf8 + [118, 0]) + Self.header("<c8", "(1,)") + Data(count: 8)
        for (path, data, flags) in [
            ("w.dat", npz, ["nonfinite"]), ("w.bin", npz, ["nonfinite"]), ("w.pt", npz, ["unsearched"]),
            ("w.raw", npy, ["nonfinite"]), ("w.npy", complex, ["unsearched"]), ("w.bin", complex, ["unsearched"]),
            ("w.bin", Data("anything".utf8), []), ("notes.txt", Data("anything".utf8), []),
        ] {
            let version = try await test.push("demo/any", [try await test.file(path, data)])
            #expect(version.flags == flags, "\(path)")
        }
        // The recipe says that it is npz; its name says nothing.
        let reference = try await test.train(["w.dat": npz], name: "demo/declared")
        let declared = try await test.registry.version(reference, kind: .model, as: test.pusher)
        #expect(declared.summary.flags == ["nonfinite"])
        let opaque = try await test.train(["w.dat": Data("pickled".utf8)], name: "demo/opaque")
        #expect(try await test.registry.version(opaque, kind: .model, as: test.pusher).summary.flags == ["unsearched"])
    }

    /// The header of an npy file of version 1.0, padded to 128 bytes with what stands before it.
    private static func header(_ descr: String, _ shape: String) -> Data {
        let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
        return Data((text.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n").utf8)
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
