import AuditLog
import Foundation
import RegistryTypes
import Subprocess
import SystemPackage

/// A git repository with a commit for each checkpoint that was delivered, on the branch `assay-log`.
///
/// No shell, no hooks, no configuration of the system or the user, no prompts, no protocol but those named below. The
/// address stands in no argument: it may hold a password.
struct GitDestination: CheckpointDestination {
    private static let branch = "refs/heads/assay-log"
    /// How long a command may take.
    private static let deadline = Duration.seconds(60)

    let name: String
    private let address: String
    private let workFolder: String
    private let protocols: String

    /// Names a repository; throws `invalid-request` for an address that git would take for something else.
    ///
    /// - Parameter workFolder: a bare repository that is made there, and may be removed at any time.
    init(address: String, workFolder: String) throws {
        let isPath = address.hasPrefix("/")
        // A name of a host or user that begins with a hyphen would be an option of ssh.
        let isURL = address.wholeMatch(of: /(?:https|ssh):\/\/(?:[^\/@-][^\/@]*@)?[A-Za-z0-9\[].*/) != nil
        let isShort = address.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^-:].*/) != nil
        guard isPath || isURL || isShort, !address.contains(where: { $0.isNewline || $0 == "\0" }) else {
            throw RegistryError(
                .invalidRequest,
                "the git repository for checkpoints is https://…, ssh://…, user@host:path or an absolute path")
        }
        self.address = address
        self.workFolder = workFolder
        protocols = isPath ? "file" : "https:ssh"
        name = address.replacing(/:\/\/[^\/@]*@/, with: "://")
    }

    func deliver(_ note: String) async throws {
        let checkpoint = try Checkpoint(text: SignedNote(Data(note.utf8)).text)
        if !FileManager.default.fileExists(atPath: workFolder + "/HEAD") {
            _ = try await git(["init", "--quiet", "--bare", "--", workFolder], inRepository: false)
        }
        let parent = try await git(["ls-remote", "--quiet", "log", Self.branch]).split(separator: "\t").first
        if let parent {
            _ = try await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "log", Self.branch])
            let last = try await git(["cat-file", "blob", "\(parent):checkpoint"])
            guard last != note else { return }
            if let last = try? Checkpoint(text: SignedNote(Data(last.utf8)).text), last.origin == checkpoint.origin,
                last.size > checkpoint.size
            {
                throw RegistryError(
                    .conflict,
                    "\(name) has a checkpoint of \(last.size) entries already, and this has \(checkpoint.size)")
            }
        }
        let blob = try await git(["hash-object", "-w", "--stdin"], input: note).trimmed
        let tree = try await git(["mktree"], input: "100644 blob \(blob)\tcheckpoint\n").trimmed
        let commit = try await git(
            ["commit-tree", tree, "-m", "Checkpoint of \(checkpoint.size) entries"]
                + (parent.map { ["-p", String($0)] } ?? [])
        ).trimmed
        _ = try await git(["push", "--quiet", "log", "\(commit):\(Self.branch)"])
    }

    private func git(_ arguments: [String], input: String = "", inRepository: Bool = true) async throws -> String {
        let options = [
            "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0",
        ]
        let place = inRepository ? ["--git-dir", workFolder] : []
        let configuration = Configuration(
            executable: .name("git"), arguments: Arguments(options + place + arguments), environment: environment)
        let result = try await withThrowingTaskGroup(of: (isGood: Bool, output: String, error: String)?.self) { group in
            group.addTask {
                let result = try await run(
                    configuration, input: .string(input), output: .string(limit: 1 << 20),
                    error: .string(limit: 1 << 16))
                return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: Self.deadline)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let result else { throw failure("it took longer than a minute", arguments) }
        guard result.isGood else { throw failure(result.error, arguments) }
        return result.output
    }

    private var environment: Environment {
        let own = ProcessInfo.processInfo.environment
        var variables: [Environment.Key: String] = [
            "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes", "GIT_ALLOW_PROTOCOL": protocols,
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "remote.log.url", "GIT_CONFIG_VALUE_0": address,
            "GIT_AUTHOR_NAME": "assay", "GIT_AUTHOR_EMAIL": "assay@localhost", "GIT_COMMITTER_NAME": "assay",
            "GIT_COMMITTER_EMAIL": "assay@localhost",
        ]
        for key in ["PATH", "HOME", "SSH_AUTH_SOCK", "TMPDIR"] {
            if let value = own[key] { variables[Environment.Key(stringLiteral: key)] = value }
        }
        return .custom(variables)
    }

    private func failure(_ message: String, _ arguments: [String]) -> RegistryError {
        let text = message.replacing(address, with: name).prefix(500)
        return RegistryError(.internalError, "git \(arguments[0]) to \(name) failed: \(text)")
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
