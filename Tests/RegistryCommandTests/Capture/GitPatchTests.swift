import Foundation
import RegistryCommand
import RegistryTypes
import Reproduction
import SystemPackage
import Testing

/// The patch of a dirty work tree: complete, relative to the folder, and without a trace in the repository.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct GitPatchTests {
    private let fixture: GitFixture

    init() throws {
        fixture = try GitFixture()
        try fixture.write("README", "hello\n")
        try fixture.write("train/run.py", "one\n\ntwo\n")
        try fixture.write("train/gone.py", "gone\n")
        try fixture.write("train/data.bin", Data((0...255).map(UInt8.init)))
        try fixture.write("train/.gitignore", "*.log\n")
        try fixture.commit()
    }

    private func makeDirty() throws {
        try fixture.write("README", "changed outside\n")
        try fixture.write("train/run.py", "one\n\nTWO\n", executable: true)
        try FileManager.default.removeItem(at: fixture.repository.appending(path: "train/gone.py"))
        try fixture.write("train/data.bin", Data((0...255).reversed().map(UInt8.init)))
        try fixture.write("train/staged", "staged\n")
        try fixture.git("add", "train/staged")
        try fixture.write("train/staged", "staged, then changed\n")
        try fixture.write("train/new/größe", Data([0, 1, 2]))
        try fixture.write("train/x.log", "ignored")
        try fixture.link("train/link", to: "run.py")
    }

    private func patch(_ path: String, name: String = "patch") async throws -> CapturedFile {
        try await GitCapture.isolated(fixture, path).writePatch(to: FilePath(fixture.root.path + "/" + name))
    }

    private func repositoryFiles() throws -> [String] {
        let folder = fixture.repository.appending(path: ".git")
        let files = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
        let index = try Data(contentsOf: folder.appending(path: "index")).base64EncodedString()
        return files.sorted() + [index]
    }

    @Test func sourceAndPatchGiveTheWorkTree() async throws {
        try makeDirty()
        let before = try repositoryFiles()
        let capture = try await GitCapture.isolated(fixture, "train")
        let bundle = try await capture.writeBundle(to: FilePath(fixture.root.path + "/bundle"))
        let patch = try await capture.writePatch(to: FilePath(fixture.root.path + "/patch"))
        #expect(try repositoryFiles() == before)
        let file = URL(filePath: bundle.path.string)
        let source = try SourceProof.verify(
            bundleAt: file, commit: GitObjectID(hex: capture.workTree.commit), subfolder: SourceSubfolder("train"))
        let target = fixture.root.appending(path: "target")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        let missing = try await SourceMaterialiser().materialise(
            source, bundle: file, patch: URL(filePath: patch.path.string), into: target)
        #expect(missing.isEmpty)
        try FileManager.default.removeItem(at: fixture.repository.appending(path: "train/x.log"))
        let diff = try fixture.difference(fixture.repository.appending(path: "train"), target)
        #expect(diff == "")
        #expect(FileManager.default.isExecutableFile(atPath: target.appending(path: "run.py").path))
        #expect(!FileManager.default.isExecutableFile(atPath: target.appending(path: "staged").path))
    }

    @Test func settingsOfTheUserDoNotChangeThePatch() async throws {
        try makeDirty()
        let plain = try await patch("train", name: "plain")
        for (key, value) in [
            ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("color.ui", "always"),
            ("diff.external", "/bin/false"), ("diff.algorithm", "histogram"), ("diff.context", "9"),
            ("diff.renames", "copies"), ("diff.relative", "false"), ("diff.suppressBlankEmpty", "true"),
            ("diff.interHunkContext", "5"), ("core.quotePath", "false"), ("core.abbrev", "8"),
        ] {
            try fixture.git("config", key, value)
            #expect(try await patch("train", name: key).sha256 == plain.sha256, "\(key)")
        }
    }

    @Test func aCleanFolderHasAnEmptyPatch() async throws {
        try fixture.write("README", "changed outside\n")
        #expect(try await patch("train").size == 0)
    }

    @Test func thePatchIsLimitedAndNeverLeftBehind() async throws {
        try makeDirty()
        let file = FilePath(fixture.root.path + "/patch")
        let capture = try await GitCapture.isolated(fixture, "train")
        await #expect(throws: GitCaptureError.tooLarge(what: "The source", limit: 100)) {
            try await capture.writePatch(to: file, limit: 100)
        }
        #expect(!FileManager.default.fileExists(atPath: file.string))
    }
}

extension GitFixture {
    /// What `diff` says about two folders; links are compared as links.
    fileprivate func difference(_ one: URL, _ other: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["diff", "--recursive", "--no-dereference", one.path, other.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
