import Foundation
import RegistryTypes
import Reproduction
import SystemPackage
import Testing

/// A real repository, its bundle, the proof of its commit, and the tree that comes out again.
@Suite final class SourceTests {
    let root = FileManager.default.temporaryDirectory.appending(path: "assay-source-\(UUID())")
    var repository: URL { root.appending(path: "repository") }

    deinit { try? FileManager.default.removeItem(at: root) }

    init() throws {
        try FileManager.default.createDirectory(
            at: root.appending(path: "repository/train/deep"), withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main", ".")
        try write("README", "hello\n")
        try write("train/train.py", "print(1)\n")
        try write("train/deep/empty", "")
        try write("train/größe.txt", "unicode\n")
        try write(".gitattributes", "train/deep export-ignore\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: repository.appending(path: "train/train.py").path)
        try FileManager.default.createSymbolicLink(
            atPath: repository.appending(path: "train/link").path, withDestinationPath: "deep/empty")
        try commit()
    }

    private func write(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: repository.appending(path: path))
    }

    @discardableResult
    private func git(_ arguments: String..., input: Data? = nil) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/git")
        process.currentDirectoryURL = repository
        process.arguments = ["-c", "user.name=Test", "-c", "user.email=test@example.org"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return data
    }

    private func commit() throws {
        try git("add", "-A")
        try git("commit", "-q", "-m", "first")
    }

    private func line(_ arguments: String...) throws -> String {
        var data = Data()
        switch arguments.count {
        case 2: data = try git(arguments[0], arguments[1])
        default: data = try git(arguments[0], arguments[1], arguments[2])
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A raw object as git hashes it.
    private func object(_ id: String) throws -> Data {
        let type = try line("cat-file", "-t", id)
        let content = try git("cat-file", type, id)
        return Data("\(type) \(content.count)\u{0}".utf8) + content
    }

    /// The bundle of the whole commit, put together here from the rules of its format.
    private func bundle() throws -> (Data, GitObjectID) {
        let head = try line("rev-parse", "HEAD")
        var stream = try object(head)
        var seen: Set<String> = []
        func add(_ id: String, isTree: Bool) throws {
            guard seen.insert(id).inserted else { return }
            stream += try object(id)
            guard isTree else { return }
            for entry in String(decoding: try git("ls-tree", "-z", id), as: UTF8.self).split(separator: "\u{0}") {
                let words = entry.split(separator: "\t")[0].split(separator: " ")
                if words[1] != "commit" { try add(String(words[2]), isTree: words[1] == "tree") }
            }
        }
        try add(try line("rev-parse", "HEAD^{tree}"), isTree: true)
        return (stream, try GitObjectID(hex: head))
    }

    @Test func theTreeOfTheCommitComesOutAgain() throws {
        let (stream, head) = try bundle()
        let source = try SourceProof.verify(stream, commit: head)
        #expect(source.incomplete.isEmpty)
        #expect(source.subject == "first")
        #expect(source.entries.count == 6)
        let file = root.appending(path: "bundle")
        try stream.write(to: file)
        let target = root.appending(path: "tree")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try SourceMaterialiser().write(source, bundle: file, into: target)
        // Everything that git tracks, export-ignore or not, with bytes and modes.
        for path in ["README", "train/train.py", "train/deep/empty", "train/größe.txt", ".gitattributes"] {
            #expect(
                try Data(contentsOf: target.appending(path: path))
                    == Data(contentsOf: repository.appending(path: path)), "\(path)")
        }
        #expect(FileManager.default.isExecutableFile(atPath: target.appending(path: "train/train.py").path))
        #expect(!FileManager.default.isExecutableFile(atPath: target.appending(path: "README").path))
        let link = target.appending(path: "train/link").path
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "deep/empty")
    }

    @Test func everyFlippedByteIsFound() throws {
        let (stream, head) = try bundle()
        for position in stride(from: 0, to: stream.count, by: 7) {
            var damaged = stream
            damaged[position] ^= 1
            #expect(throws: (any Error).self, "byte \(position)") { try SourceProof.verify(damaged, commit: head) }
        }
    }

    @Test func missingExtraAndForeignObjectsAreRefused() throws {
        let (stream, head) = try bundle()
        #expect(throws: (any Error).self) { try SourceProof.verify(stream.dropLast(20), commit: head) }
        let extra = stream + Data("blob 1\u{0}x".utf8)
        #expect(throws: (any Error).self) { try SourceProof.verify(extra, commit: head) }
        let other = try GitObjectID(hex: String(repeating: "1", count: 40))
        #expect(throws: (any Error).self) { try SourceProof.verify(stream, commit: other) }
        #expect(throws: (any Error).self) { try GitObjectID(hex: "abc1234") }
    }

    @Test func hostileTreesAreRefused() throws {
        for name in ["..", ".git", ".GIT", "a/b", "."] {
            let blob = Data("x".utf8)
            let blobObject = Data("blob 1\u{0}".utf8) + blob
            let tree = Data("100644 \(name)\u{0}".utf8) + Data(Hex.decode(sha1(blobObject)) ?? [])
            let treeObject = Data("tree \(tree.count)\u{0}".utf8) + tree
            let text = Data("tree \(sha1(treeObject))\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n".utf8)
            let commit = Data("commit \(text.count)\u{0}".utf8) + text
            let head = try GitObjectID(hex: sha1(commit))
            #expect(throws: (any Error).self, "\(name)") {
                try SourceProof.verify(commit + treeObject + blobObject, commit: head)
            }
        }
    }

    private func sha1(_ data: Data) -> String {
        let file = root.appending(path: "object-\(UUID())")
        try? data.write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha1sum")
        process.arguments = [file.path]
        let output = Pipe()
        process.standardOutput = output
        try? process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text.prefix(40), as: UTF8.self)
    }

    @Test func pointersOfLargeFileStorageAreNamed() throws {
        try write("weights.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
        try commit()
        let (stream, head) = try bundle()
        let source = try SourceProof.verify(stream, commit: head)
        #expect(source.incomplete.count == 1)
        #expect(source.incomplete.first?.contains("weights.bin") ?? false)
    }
}
