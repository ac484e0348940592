import Foundation
import RegistryTypes
import Reproduction
import Testing

/// The tree that is written must be the tree `git checkout` writes, whatever git attributes say about archives.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct SourceMaterialiserTests {
    private let fixture: GitFixture
    private let target: URL
    private let file: URL

    init() throws {
        fixture = try GitFixture()
        target = fixture.root.appending(path: "target")
        file = fixture.root.appending(path: "bundle")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    }

    private func fill() throws {
        try fixture.write("README", "hello\n")
        try fixture.write("train/run.sh", "#!/bin/sh\n", executable: true)
        try fixture.write("train/deep/er/empty", "")
        try fixture.write("train/deep/version.txt", "$Format:%H$\n")
        try fixture.write("e\u{301}/decomposed", "1")
        try fixture.write("é/composed", "2")
        try fixture.write("größe 日本\n.txt", Data((0...255).map(UInt8.init)))
        try fixture.write(".gitattributes", "train/deep export-ignore\n* export-subst\n")
        try fixture.link("link", to: "train/run.sh")
        try fixture.link("dangling", to: "/nowhere/at all")
        try fixture.link("up", to: "../../..")
    }

    private func prove(subfolder: String = "") throws -> VerifiedSource {
        try fixture.bundle(subfolder: subfolder).write(to: file)
        return try SourceProof.verify(
            bundleAt: file, commit: fixture.head(), subfolder: SourceSubfolder(subfolder))
    }

    private func checkout(subfolder: String = "") throws -> FolderListing {
        let other = fixture.root.appending(path: "checkout")
        try fixture.git("worktree", "add", "--quiet", "--detach", other.path, "HEAD")
        return try FolderListing(other.appending(path: subfolder))
    }

    @Test(arguments: ["", "train", "train/deep"])
    func theTreeEqualsACheckout(subfolder: String) throws {
        try fill()
        try fixture.commit()
        try SourceMaterialiser().write(prove(subfolder: subfolder), bundle: file, into: target)
        #expect(try FolderListing(target) == checkout(subfolder: subfolder))
    }

    @Test(arguments: 1...6)
    func randomTreesEqualACheckout(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let names = ["a", "a-b", "a.b", "B", "ü", "x y", "a\tb", "-n", "日", "z\"q", "\\", "~"]
        for _ in 0..<40 {
            let depth = Int.random(in: 1...5, using: &random)
            let path = (0..<depth).map { _ in names.randomElement(using: &random) ?? "a" }.joined(separator: "/")
            let size = [0, 1, 7, 4096, 70_000].randomElement(using: &random) ?? 0
            let content = Data((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
            // A name may be a folder already, or the other way round: then this file is left out.
            if Bool.random(using: &random) {
                try? fixture.write(path, content, executable: Bool.random(using: &random))
            } else {
                try? fixture.link(path, to: "../" + (names.randomElement(using: &random) ?? "a"))
            }
        }
        try fixture.commit()
        let source = try prove()
        #expect(source.entries.count > 10)
        try SourceMaterialiser().write(source, bundle: file, into: target)
        #expect(try FolderListing(target) == checkout())
    }

    @Test func modesAndTimesDoNotDependOnTheProcess() throws {
        try fill()
        try fixture.commit()
        try SourceMaterialiser().write(prove(), bundle: file, into: target)
        let attributes = try FileManager.default.attributesOfItem(
            atPath: target.appending(path: "train/run.sh").path)
        #expect(attributes[.posixPermissions] as? Int == 0o755)
        #expect(attributes[.modificationDate] as? Date == Date(timeIntervalSince1970: 1_700_000_100))
    }

    @Test func onlyAnEmptyFolderIsTaken() throws {
        try fill()
        try fixture.commit()
        let source = try prove()
        let link = fixture.root.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        let missing = fixture.root.appending(path: "missing")
        for folder in [link, missing, fixture.repository, file] {
            #expect(throws: SourceMaterialiserError.folderNotEmpty(folder.path)) {
                try SourceMaterialiser().write(source, bundle: file, into: folder)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path).isEmpty)
    }

    @Test func anotherBundleIsRefused() throws {
        try fill()
        try fixture.commit()
        let source = try prove()
        try Data("x".utf8).write(to: file)
        #expect(throws: SourceMaterialiserError.bundleChanged(expectedBytes: source.bundleBytes, foundBytes: 1)) {
            try SourceMaterialiser().write(source, bundle: file, into: target)
        }
    }
}
