import Foundation
import RegistryTypes
import Testing

/// Bundles of real repositories, compared with what git itself says they hold.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct SourceProofTests {
    private func fill(_ fixture: GitFixture) throws {
        try fixture.write("README", "hello\n")
        try fixture.write("a.txt", "a\n")
        try fixture.write("a/b.txt", "below a\n")
        try fixture.write("a-b", "sorts between a and a/\n")
        try fixture.write("train/run.sh", "#!/bin/sh\n", executable: true)
        try fixture.write("train/deep/er/empty", "")
        try fixture.write("train/größe 日本\n.txt", "unicode and a newline\n")
        try fixture.write("train/copy/b.txt", "below a\n")
        try fixture.write(".gitattributes", "train/deep export-ignore\n*.txt export-subst\n")
        try fixture.link("train/link", to: "../README")
    }

    /// Mode, object and path in the words of `git ls-tree`.
    private func listing(_ source: VerifiedSource) -> [String] {
        let modes: [SourceEntry.Kind: String] = [.file: "100644", .executable: "100755", .symlink: "120000"]
        return source.entries.map { "\(modes[$0.kind] ?? "?") blob \($0.id)\t\($0.path)" }
    }

    @Test(arguments: ["sha1", "sha256"], ["", "train", "train/deep", "a"])
    func theProofListsWhatGitLists(objectFormat: String, subfolder: String) throws {
        let fixture = try GitFixture(objectFormat: objectFormat)
        try fill(fixture)
        let head = try fixture.commit("Subject line\n\nBody")
        let bundle = try fixture.bundle(subfolder: subfolder)
        let source = try SourceProof.verify(bundle, commit: head, subfolder: SourceSubfolder(subfolder))
        #expect(try listing(source) == fixture.listing(subfolder: subfolder))
        #expect(source.commit == head)
        #expect(head.algorithm.rawValue == objectFormat)
        #expect(source.commitTime == 1_700_000_100)
        #expect(source.subject == "Subject line")
        #expect(source.incomplete.isEmpty)
        #expect(source.bundleBytes == bundle.count)
        #expect(source.totalBytes == source.entries.reduce(0) { $0 + $1.range.count })
        for entry in source.entries {
            #expect(try bundle[entry.range] == fixture.git("cat-file", "blob", entry.id.hex), "\(entry.path)")
        }
    }

    @Test func aMergeCommitIsProvenLikeAnyOther() throws {
        let fixture = try GitFixture()
        try fill(fixture)
        try fixture.commit()
        try fixture.git("checkout", "--quiet", "-b", "side")
        try fixture.write("side", "side\n")
        try fixture.commit("side")
        try fixture.git("checkout", "--quiet", "main")
        try fixture.write("trunk", "trunk\n")
        try fixture.commit("trunk")
        try fixture.git("merge", "--quiet", "-m", "Merge both", "side")
        #expect(try fixture.line("cat-file", "commit", "HEAD").components(separatedBy: "\nparent ").count == 3)
        let source = try SourceProof.verify(fixture.bundle(), commit: fixture.head())
        #expect(try listing(source) == fixture.listing())
        #expect(source.subject == "Merge both")
    }

    @Test func anEmptyCommitIsAnEmptySource() throws {
        let fixture = try GitFixture()
        let head = try fixture.commit("empty")
        let source = try SourceProof.verify(fixture.bundle(), commit: head)
        #expect(source.entries.isEmpty)
        #expect(source.totalBytes == 0)
    }

    @Test func submodulesAndPointersAreNamed() throws {
        let fixture = try GitFixture()
        let inner = try GitFixture()
        try inner.write("x", "x")
        let innerHead = try inner.commit()
        try fixture.write("weights.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
        try fixture.write("secret", Data("\0GITCRYPT\0abc".utf8))
        let text = "version https://git-lfs.github.com/spec/v1\n" + String(repeating: "x", count: 2000)
        try fixture.write("about-lfs.txt", text)
        try fixture.git("submodule", "--quiet", "add", inner.repository.path, "vendor/inner")
        let head = try fixture.commit()
        let source = try SourceProof.verify(fixture.bundle(), commit: head)
        #expect(source.incomplete.count == 3)
        #expect(source.incomplete.contains { $0.hasPrefix("weights.bin is a Git LFS pointer") })
        #expect(source.incomplete.contains { $0.hasPrefix("secret is encrypted") })
        let submodule = "vendor/inner is a git submodule (commit \(innerHead.hex.prefix(12)))"
        #expect(source.incomplete.contains { $0.hasPrefix(submodule) })
        #expect(!source.entries.contains { $0.path == "vendor/inner" })
    }

    @Test func manyPointersAreCountedNotListed() throws {
        let fixture = try GitFixture()
        for index in 0..<130 {
            try fixture.write("p\(index)", "version https://git-lfs.github.com/spec/v1\nsize \(index)\n")
        }
        let head = try fixture.commit()
        let source = try SourceProof.verify(fixture.bundle(), commit: head)
        #expect(source.incomplete.count == 101)
        #expect(source.incomplete.last == "30 more files are missing in the same way.")
    }

    @Test func aMappedFileIsVerifiedInPlace() throws {
        let fixture = try GitFixture()
        try fill(fixture)
        let head = try fixture.commit()
        let file = fixture.root.appending(path: "bundle")
        try fixture.bundle().write(to: file)
        let source = try SourceProof.verify(bundleAt: file, commit: head)
        #expect(try source == SourceProof.verify(fixture.bundle(), commit: head))
    }
}
