import Foundation
import RegistryTypes
import Reproduction
import Testing

/// Uncommitted changes on top of a proven source: applied exactly, or refused before anything is written.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct SourcePatchTests {
    private func prepare(_ fixture: GitFixture, subfolder: String = "") throws -> (VerifiedSource, URL, URL) {
        let file = fixture.root.appending(path: "bundle")
        let target = fixture.root.appending(path: "outer/target")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try fixture.bundle(subfolder: subfolder).write(to: file)
        let source = try SourceProof.verify(
            bundleAt: file, commit: fixture.head(), subfolder: SourceSubfolder(subfolder))
        return (source, file, target)
    }

    /// Stages everything below the folder and takes the difference from the commit.
    private func patch(_ fixture: GitFixture, subfolder: String = "") throws -> URL {
        let folder = fixture.repository.appending(path: subfolder)
        try fixture.git("add", "-A", in: folder)
        let text = try fixture.git(
            "diff", "--cached", "--binary", "--full-index", "--no-renames", "--relative", "HEAD", in: folder)
        let file = fixture.root.appending(path: "patch")
        try text.write(to: file)
        return file
    }

    @Test(arguments: ["sha1", "sha256"], ["", "train"])
    func allKindsOfChangeAreApplied(objectFormat: String, subfolder: String) async throws {
        let fixture = try GitFixture(objectFormat: objectFormat)
        try fixture.write("train/.gitattributes", "*.txt text eol=crlf\n*.bin filter=nothing\n")
        try fixture.write("train/changed.txt", "one\ntwo\n")
        try fixture.write("train/deleted/file", "gone")
        try fixture.write("train/becomes-executable", "#!/bin/sh\n")
        try fixture.write("train/data.bin", Data((0...255).map(UInt8.init)))
        try fixture.write("train/old", "will be a folder")
        try fixture.commit()
        let (source, bundle, target) = try prepare(fixture, subfolder: subfolder)
        try fixture.write("train/changed.txt", "one\nTWO\nthree")
        try FileManager.default.removeItem(at: fixture.repository.appending(path: "train/deleted"))
        try fixture.write("train/becomes-executable", "#!/bin/sh\n", executable: true)
        try fixture.write("train/data.bin", Data((0...255).reversed().map(UInt8.init)))
        try fixture.write("train/new/größe.bin", Data([0, 1, 2, 255]))
        try fixture.link("train/link", to: "changed.txt")
        try FileManager.default.removeItem(at: fixture.repository.appending(path: "train/old"))
        try fixture.write("train/old/inside", "now a folder")
        let missing = try await SourceMaterialiser().materialise(
            source, bundle: bundle, patch: patch(fixture, subfolder: subfolder), into: target)
        #expect(missing.count == 1 && missing[0].contains("through the filter nothing"), "\(missing)")
        #expect(try FolderListing(target) == FolderListing(fixture.repository.appending(path: subfolder)))
    }

    @Test func anEmptyPatchChangesNothing() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a")
        try fixture.commit()
        let (source, bundle, target) = try prepare(fixture)
        let missing = try await SourceMaterialiser().materialise(
            source, bundle: bundle, patch: patch(fixture), into: target)
        #expect(missing.isEmpty)
        #expect(try FolderListing(target) == FolderListing(fixture.repository))
    }

    @Test func whatThePatchOnlyRefersToIsNamed() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a")
        try fixture.commit()
        let (source, bundle, target) = try prepare(fixture)
        try fixture.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
        let inner = try GitFixture()
        try inner.write("x", "x")
        let head = try inner.commit()
        try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(head.hex),vendor/inner")
        try fixture.git("add", "big.bin")
        let file = fixture.root.appending(path: "patch")
        try fixture.git("diff", "--cached", "--binary", "--full-index", "HEAD").write(to: file)
        let missing = try await SourceMaterialiser().materialise(source, bundle: bundle, patch: file, into: target)
        #expect(missing.contains { $0.hasPrefix("big.bin is a Git LFS pointer") })
        #expect(missing.contains { $0.hasPrefix("vendor/inner is a git submodule") })
    }

    @Test func aRepositoryAroundTheFolderIsIgnored() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a\n")
        try fixture.commit()
        let (source, bundle, target) = try prepare(fixture)
        let outer = target.deletingLastPathComponent()
        try fixture.git("init", "--quiet", ".", in: outer)
        try fixture.write("a", "changed\n")
        _ = try await SourceMaterialiser().materialise(source, bundle: bundle, patch: patch(fixture), into: target)
        #expect(try String(contentsOf: target.appending(path: "a"), encoding: .utf8) == "changed\n")
    }

    private func newFile(_ path: String, mode: String = "100644", content: String = "evil") -> String {
        """
        diff --git a/\(path) b/\(path)
        new file mode \(mode)
        index 0000000000000000000000000000000000000000..1111111111111111111111111111111111111111
        --- /dev/null
        +++ b/\(path)
        @@ -0,0 +1 @@
        +\(content)
        \\ No newline at end of file

        """
    }

    private func refuse(_ patch: String, _ comment: Comment? = nil) async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a\n")
        try fixture.link("out", to: "../")
        try fixture.commit()
        let (source, bundle, target) = try prepare(fixture)
        let file = fixture.root.appending(path: "patch")
        try Data(patch.utf8).write(to: file)
        try SourceMaterialiser().write(source, bundle: bundle, into: target)
        let before = try FolderListing(fixture.root.appending(path: "outer"))
        await #expect(throws: SourceMaterialiserError.self, comment) {
            try await SourceMaterialiser().applyPatch(at: file, to: source, in: target)
        }
        #expect(try FolderListing(fixture.root.appending(path: "outer")) == before, comment)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/assay-evil"))
    }

    @Test(arguments: [
        "../evil", "x/../../evil", "/tmp/assay-evil", ".git/config", "x/.GIT/hooks/post-checkout", "out/evil", "./evil",
    ])
    func pathsOutsideAreRefused(path: String) async throws {
        try await refuse(newFile(path), "\(path)")
    }

    @Test func aLinkThePatchCreatesIsNotFollowed() async throws {
        try await refuse(newFile("new", mode: "120000", content: "..") + newFile("new/evil"))
    }

    @Test func aFileThatBecomesALinkIsNotFollowed() async throws {
        let delete = """
            diff --git a/a b/a
            deleted file mode 100644
            index 78981922613b2afb6025042ff6bd878ac1994e85..0000000000000000000000000000000000000000
            --- a/a
            +++ /dev/null
            @@ -1 +0,0 @@
            -a

            """
        try await refuse(delete + newFile("a", mode: "120000", content: "..") + newFile("a/evil"))
    }

    @Test func aRenamedLinkIsNotFollowed() async throws {
        let rename = """
            diff --git a/out b/moved
            similarity index 100%
            rename from out
            rename to moved

            """
        try await refuse(rename + newFile("moved/evil"))
    }

    @Test func aPatchThatDoesNotFitIsRefused() async throws {
        let patch = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-something else\n+b\n"
        try await refuse(patch)
        try await refuse("no patch at all\n")
    }
}
