import Foundation
import RegistryCommand
import RegistryTypes
import SystemPackage
import Testing

/// The bundle a capture writes must be the one its rules define, byte for byte.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct GitBundleTests {
    private func fill(_ fixture: GitFixture) throws {
        try fixture.write("README", "hello\n")
        try fixture.write("a/b.txt", "below a\n")
        try fixture.write("a-b", "between\n")
        try fixture.write("train/run.sh", "#!/bin/sh\n", executable: true)
        try fixture.write("train/deep/er/empty", "")
        try fixture.write("train/größe 日本\n.txt", "unicode\n")
        try fixture.write("train/copy/b.txt", "below a\n")
        try fixture.write("train/again/b.txt", "below a\n")
        try fixture.write("train/large", Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 8) }))
        try fixture.write(".gitattributes", "train export-ignore\n")
        try fixture.link("train/link", to: "../README")
    }

    private func capture(_ fixture: GitFixture, _ path: String = "") async throws -> (CapturedFile, Data) {
        let file = FilePath("\(fixture.root.path)/bundle-\(UUID().uuidString)")
        let captured = try await GitCapture.isolated(fixture, path).writeBundle(to: file)
        return (captured, try Data(contentsOf: URL(filePath: file.string)))
    }

    @Test(arguments: ["sha1", "sha256"], ["", "train", "train/deep", "a"])
    func theBundleFollowsItsRules(objectFormat: String, subfolder: String) async throws {
        let fixture = try GitFixture(objectFormat: objectFormat)
        try fill(fixture)
        let head = try fixture.commit()
        let (captured, data) = try await capture(fixture, subfolder)
        #expect(try data == fixture.bundle(subfolder: subfolder))
        #expect(captured.size == data.count)
        let sum = try fixture.shell("sha256sum", captured.path.string).prefix(64)
        #expect(captured.sha256 == sum)
        let source = try SourceProof.verify(data, commit: head, subfolder: SourceSubfolder(subfolder))
        #expect(try source.entries.count == fixture.listing(subfolder: subfolder).count)
    }

    @Test func packedShallowAndReplacedRepositoriesGiveTheSameBundle() async throws {
        let fixture = try GitFixture()
        try fill(fixture)
        try fixture.commit("first")
        try fixture.write("README", "second\n")
        try fixture.commit("second")
        let expected = try fixture.bundle()
        try fixture.git("gc", "--quiet")
        #expect(try await capture(fixture).1 == expected)
        // A replaced object shows other content under the same name to everybody who does not ask for the truth.
        let blob = try fixture.line("rev-parse", "HEAD:README")
        let other = try fixture.line("rev-parse", "HEAD:a-b")
        try fixture.git("replace", blob, other)
        #expect(try fixture.git("cat-file", "blob", blob) == Data("between\n".utf8))
        #expect(try await capture(fixture).1 == expected)
        let clone = fixture.root.appending(path: "clone")
        try fixture.git(
            "clone", "--quiet", "--depth=1", "--no-local", "file://\(fixture.repository.path)", clone.path)
        let file = FilePath(fixture.root.path + "/shallow")
        _ = try await GitCapture(folder: FilePath(clone.path)).writeBundle(to: file)
        #expect(try Data(contentsOf: URL(filePath: file.string)) == expected)
    }

    @Test func manyFilesInOneFolderDoNotBlock() async throws {
        let fixture = try GitFixture()
        for index in 0..<1500 { try fixture.write("flat/\(index)", String(repeating: "\(index) ", count: 100)) }
        let head = try fixture.commit()
        let (_, data) = try await capture(fixture, "flat")
        let source = try SourceProof.verify(data, commit: head, subfolder: SourceSubfolder("flat"))
        #expect(source.entries.count == 1500)
    }

    @Test func submodulesAreLeftOut() async throws {
        let fixture = try GitFixture()
        let inner = try GitFixture()
        try inner.write("x", "x")
        try inner.commit()
        try fixture.write("a", "a")
        try fixture.git("submodule", "--quiet", "add", inner.repository.path, "inner")
        let head = try fixture.commit()
        let (_, data) = try await capture(fixture)
        #expect(try SourceProof.verify(data, commit: head).incomplete.count == 1)
        #expect(try await GitCapture.isolated(fixture, "inner").workTree.commit == inner.head().hex)
    }

    @Test func aDamagedRepositoryIsNoticedHere() async throws {
        let fixture = try GitFixture()
        try fill(fixture)
        try fixture.commit()
        let blob = try fixture.line("rev-parse", "HEAD:train/large")
        let object = fixture.repository.appending(path: ".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        let bytes = try Data(contentsOf: object)
        try FileManager.default.removeItem(at: object)
        await #expect(throws: GitCaptureError.unknownObject(blob)) { try await capture(fixture) }
        // A well-formed object under a name that is not its own.
        let other = try fixture.line("rev-parse", "HEAD:README")
        let wrong = fixture.repository.appending(path: ".git/objects/\(other.prefix(2))/\(other.dropFirst(2))")
        try FileManager.default.copyItem(at: wrong, to: object)
        await #expect(throws: GitCaptureError.self) { try await capture(fixture) }
        try FileManager.default.removeItem(at: object)
        try bytes.prefix(bytes.count / 2).write(to: object)
        await #expect(throws: GitCaptureError.self) { try await capture(fixture) }
    }

    @Test func nothingIsOverwrittenAndNothingIsLeftBehind() async throws {
        let fixture = try GitFixture()
        try fill(fixture)
        try fixture.commit()
        let capture = try await GitCapture.isolated(fixture)
        let file = FilePath(fixture.root.path + "/bundle")
        try Data("mine".utf8).write(to: URL(filePath: file.string))
        await #expect(throws: GitCaptureError.fileExists(file.string)) { try await capture.writeBundle(to: file) }
        #expect(try Data(contentsOf: URL(filePath: file.string)) == Data("mine".utf8))
        try FileManager.default.removeItem(atPath: file.string)
        for change in [\SourceLimits.maxObjectBytes, \.maxTotalBytes, \.maxStructureBytes, \.maxObjects] {
            var limits = SourceLimits.standard
            limits[keyPath: change] = 9
            await #expect(throws: (any Error).self) { try await capture.writeBundle(to: file, limits: limits) }
            #expect(!FileManager.default.fileExists(atPath: file.string))
        }
    }
}

extension GitFixture {
    /// The output of another program of the system.
    fileprivate func shell(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
