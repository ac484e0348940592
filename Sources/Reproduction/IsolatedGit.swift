import Foundation
import RegistryTypes
import Subprocess
import SystemPackage

/// A `git` with an empty, temporary repository beside a work tree, shut off from all configuration.
struct IsolatedGit: Sendable {
    /// A patch is foreign input, and git unpacks what it holds in memory: 4 GiB of it, 2 GiB a file, five minutes.
    private static let limits = ["--as=4294967296", "--fsize=2147483648", "--cpu=300", "--core=0"]

    private let executable: FilePath
    private let repository: URL
    private let workTree: URL

    /// Creates the repository; call ``remove()`` when done.
    ///
    /// - Throws: ``SourceMaterialiserError/gitMissing`` or ``SourceMaterialiserError/patchRefused(_:)``.
    init(workTree: URL, algorithm: GitObjectID.Algorithm) async throws {
        do {
            executable = try await Executable.name("git").resolveExecutablePath(in: .inherit)
        } catch {
            throw SourceMaterialiserError.gitMissing
        }
        self.workTree = workTree
        repository = FileManager.default.temporaryDirectory.appending(path: "assay-git-\(UUID().uuidString)")
        let path = repository.path(percentEncoded: false)
        do {
            _ = try await run(["init", "--quiet", "--bare", "--template=", "--object-format=\(algorithm)", "--", path])
            // This file wins over every .gitattributes in the work tree: bytes are written as the patch holds them.
            let info = repository.appending(path: "info")
            try FileManager.default.createDirectory(at: info, withIntermediateDirectories: true)
            let attributes = "* -text !eol !ident !filter !working-tree-encoding\n"
            try Data(attributes.utf8).write(to: info.appending(path: "attributes"))
        } catch {
            remove()
            throw error
        }
    }

    /// Removes the temporary repository.
    func remove() {
        try? FileManager.default.removeItem(at: repository)
    }

    /// Runs git in the work tree and returns its standard output, at most 64 MiB.
    ///
    /// - Throws: ``SourceMaterialiserError/patchRefused(_:)`` with git's own words.
    func run(_ arguments: [String]) async throws -> [UInt8] {
        let isolation = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.bare=false"]
        let words: String
        do {
            let result = try await Subprocess.run(
                .name("prlimit"), arguments: Arguments(Self.limits + [executable.string] + isolation + arguments),
                environment: environment(for: arguments),
                workingDirectory: FilePath(workTree.path(percentEncoded: false)),
                output: .bytes(limit: 64 << 20), error: .string(limit: 1 << 20))
            if result.terminationStatus.isSuccess { return result.standardOutput }
            words = result.standardError.split(separator: "\n").prefix(3).joined(separator: "; ")
        } catch let error as SubprocessError {
            throw SourceMaterialiserError.patchRefused(error.description)
        }
        throw SourceMaterialiserError.patchRefused(words.isEmpty ? "git failed without a message" : words)
    }

    private func environment(for arguments: [String]) -> Environment {
        var values: [Environment.Key: String] = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": "/nonexistent",
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        ]
        if arguments.first != "init" {
            values["GIT_DIR"] = repository.path(percentEncoded: false)
            values["GIT_WORK_TREE"] = workTree.path(percentEncoded: false)
        }
        return .custom(values)
    }
}
