import Foundation
import Subprocess
import SystemPackage

/// Runs the user's `git` in one folder: no shell, no hooks, no prompts, no writes to the user's index.
struct GitCommandLine: Sendable {
    /// Variables that would make git speak of another repository than the one around the folder; the list of
    /// `git rev-parse --local-env-vars`, without the configuration ones a CI uses for `safe.directory`.
    private static let repositoryVariables: [Environment.Key] = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_GRAFT_FILE",
        "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE",
    ]

    /// The folder git runs in.
    let folder: FilePath

    private let executable: FilePath
    private let environment: Environment

    /// Finds git on PATH.
    ///
    /// - Throws: ``GitCaptureError/gitMissing``, or ``GitCaptureError/notAWorkTree(folder:)`` without such a folder.
    init(folder: FilePath, variables: [String: String] = [:]) async throws {
        guard FileManager.default.fileExists(atPath: folder.string) else {
            throw GitCaptureError.notAWorkTree(folder: folder.string)
        }
        self.folder = folder
        let cleared = Dictionary(uniqueKeysWithValues: Self.repositoryVariables.map { ($0, String?.none) })
        let added = variables.map { (Environment.Key(stringLiteral: $0), String?.some($1)) }
        let base = Environment.inherit.updating(Dictionary(uniqueKeysWithValues: added))
        self.environment = base.updating(cleared).updating([
            "LC_ALL": "C", "LANGUAGE": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
            // A replacement (`git replace`) would give other bytes under the name of the commit.
            "GIT_NO_REPLACE_OBJECTS": "1",
        ])
        do {
            executable = try await Executable.name("git").resolveExecutablePath(in: self.environment)
        } catch {
            throw GitCaptureError.gitMissing
        }
    }

    private init(_ other: GitCommandLine, environment: Environment) {
        folder = other.folder
        executable = other.executable
        self.environment = environment
    }

    /// The same git with further variables.
    func updating(_ variables: [Environment.Key: String?]) -> GitCommandLine {
        GitCommandLine(self, environment: environment.updating(variables))
    }

    /// What to start for some arguments.
    func configuration(_ arguments: [String]) -> Configuration {
        let options = [
            "--no-pager", "--literal-pathspecs", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
            "-c", "advice.addEmbeddedRepo=false",
        ]
        return Configuration(
            executable: .path(executable), arguments: Arguments(options + arguments), environment: environment,
            workingDirectory: folder)
    }

    /// Runs git and returns its standard output.
    ///
    /// - Parameter limit: the most bytes of output, an error beyond.
    /// - Throws: ``GitCaptureError``.
    func output(_ arguments: [String], limit: Int = 1 << 20) async throws -> [UInt8] {
        do {
            let result = try await run(
                configuration(arguments), output: .bytes(limit: limit), error: .string(limit: limit))
            try check(result.terminationStatus, message: result.standardError, arguments)
            return result.standardOutput
        } catch let error as SubprocessError {
            throw failure(error, arguments, limit: limit)
        }
    }

    /// Runs git and returns its output as text without the final newline, or nil when git exits with an error.
    func line(_ arguments: [String]) async throws -> String? {
        guard var bytes = try? await output(arguments), !bytes.isEmpty else { return nil }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Turns a failed exit into an error with git's own words.
    func check(_ status: TerminationStatus, message: String, _ arguments: [String]) throws {
        guard !status.isSuccess else { return }
        if message.contains("detected dubious ownership") {
            let command = message.split(separator: "\n").first { $0.contains("safe.directory") }
            throw GitCaptureError.unsafeDirectory(
                command: command?.trimmingCharacters(in: .whitespaces) ?? "git config --global --add safe.directory …")
        }
        if message.contains("not a git repository") {
            throw GitCaptureError.notAWorkTree(folder: folder.string)
        }
        throw GitCaptureError.gitFailed(
            command: arguments.first ?? "", message: message.isEmpty ? status.description : message)
    }

    /// The error for a process that could not be started, read or written.
    func failure(_ error: SubprocessError, _ arguments: [String], limit: Int) -> GitCaptureError {
        let command = arguments.first ?? ""
        if error.code == .outputLimitExceeded {
            return .tooLarge(what: "The output of `git \(command)`", limit: limit)
        }
        return .gitFailed(command: command, message: error.description)
    }
}
