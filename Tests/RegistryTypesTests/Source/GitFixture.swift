import Foundation
import RegistryTypes
import Testing

/// A real git repository in a temporary folder, and bundles put together from it without any of Assay's own code.
final class GitFixture {
    /// Whether these tests may run: git is there, or this is CI, where its absence must fail.
    static let isAvailable =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/git") || ProcessInfo.processInfo.environment["CI"] != nil
    static let reason: Comment = "/usr/bin/git is not installed"

    let root = FileManager.default.temporaryDirectory.appending(path: "assay-git-test-\(UUID().uuidString)")
    var repository: URL { root.appending(path: "repository") }

    init(objectFormat: String = "sha1") throws {
        try FileManager.default.createDirectory(at: repository, withIntermediateDirectories: true)
        try git("init", "--quiet", "--object-format=\(objectFormat)", ".")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Runs git with no configuration but the repository's and returns its output.
    @discardableResult
    func git(_ arguments: String..., input: Data? = nil, in folder: URL? = nil) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/git")
        process.currentDirectoryURL = folder ?? repository
        process.arguments =
            [
                "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main",
                "-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false",
            ] + arguments
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": root.path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
            "LC_ALL": "C", "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_DATE": "1700000100 -0300",
        ]
        let output = root.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = FileHandle.nullDevice
        if let input {
            let file = root.appending(path: "input-\(UUID().uuidString)")
            try input.write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        try handle.close()
        try #require(process.terminationStatus == 0, "git \(arguments.joined(separator: " "))")
        return try Data(contentsOf: output)
    }

    /// The output of git as text without white space at its ends.
    func line(_ arguments: String...) throws -> String {
        let data =
            switch arguments.count {
            case 1: try git(arguments[0])
            case 2: try git(arguments[0], arguments[1])
            default: try git(arguments[0], arguments[1], arguments[2])
            }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ path: String, _ text: String, executable: Bool = false) throws {
        try write(path, Data(text.utf8), executable: executable)
    }

    func write(_ path: String, _ data: Data, executable: Bool = false) throws {
        let file = repository.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: file.path)
    }

    func link(_ path: String, to target: String) throws {
        let file = repository.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: target)
    }

    /// Commits everything and returns the commit.
    @discardableResult
    func commit(_ message: String = "first") throws -> GitObjectID {
        try git("add", "-A")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try head()
    }

    func head() throws -> GitObjectID {
        try GitObjectID(hex: line("rev-parse", "HEAD"))
    }

    /// One object as git hashes it.
    func object(_ id: String) throws -> Data {
        let type = try line("cat-file", "-t", id)
        let content = try git("cat-file", type, id)
        return Data("\(type) \(content.count)\u{0}".utf8) + content
    }

    /// The objects of a bundle in order, from `git ls-tree` and `git cat-file` alone.
    func objects(subfolder: String = "") throws -> [Data] {
        let commit = try line("rev-parse", "HEAD")
        var stream = [try object(commit)]
        var seen: Set<String> = []
        func add(_ id: String, isTree: Bool, descend: Bool) throws {
            guard seen.insert(id).inserted else { return }
            stream.append(try object(id))
            guard isTree, descend else { return }
            for entry in String(decoding: try git("ls-tree", "-z", id), as: UTF8.self).split(separator: "\u{0}") {
                let words = entry.split(separator: "\t")[0].split(separator: " ")
                if words[1] != "commit" { try add(String(words[2]), isTree: words[1] == "tree", descend: true) }
            }
        }
        var path = ""
        for name in [""] + subfolder.split(separator: "/").map(String.init) {
            path += path.isEmpty ? name : "/" + name
            let id = try line("rev-parse", "\(commit):\(path)")
            try add(id, isTree: true, descend: path == subfolder)
        }
        return stream
    }

    func bundle(subfolder: String = "") throws -> Data {
        try objects(subfolder: subfolder).reduce(Data(), +)
    }

    /// What git says the folder holds: mode, object and path of every file, in tree order.
    func listing(subfolder: String = "") throws -> [String] {
        let output = try git("ls-tree", "-r", "-z", "HEAD:\(subfolder)")
        return String(decoding: output, as: UTF8.self).split(separator: "\u{0}").map(String.init)
    }
}
