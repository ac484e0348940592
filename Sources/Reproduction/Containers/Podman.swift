import Foundation
import SystemPackage

/// The podman of this machine and one container of it.
struct Podman: Sendable {
    /// What podman knows of a container.
    struct State: Sendable, Hashable {
        /// The exit code of the command, 128 + n after signal n; nil if it was never started.
        var exitCode: Int?
        /// Whether the kernel killed the first process because the memory limit was reached.
        var ranOutOfMemory: Bool
    }

    let program: FilePath
    /// The OCI runtime, if it is not the configured one.
    let runtime: String?
    /// The container's name.
    let container: String

    /// The variables podman may see: where its settings, its storage and the user's systemd are.
    static var environment: [String: String] {
        let names = [
            "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "DBUS_SESSION_BUS_ADDRESS", "HOME", "TMPDIR",
            "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
        ]
        let own = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        return own.merging(["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"]) { $1 }
    }

    /// The whole command line for some arguments.
    func command(_ arguments: [String]) -> [String] {
        [program.string, "--log-level", "error"] + (runtime.map { ["--runtime", $0] } ?? []) + arguments
    }

    /// Removes the container, and kills what runs in it; nothing happens if there is none.
    var removal: [String] { command(["rm", "--force", "--time", "0", "--ignore", container]) }

    /// Removes containers of processes that no longer exist: what is left if a worker and its wardens were killed at once.
    func removeAbandoned() async {
        let list = command(["ps", "--all", "--filter", "name=^assay-[0-9]+-run-", "--format", "{{.Names}}"])
        let answer = try? await HostCommand.run(list, limit: 1 << 20, environment: Self.environment)
        guard let answer, answer.succeeded else { return }
        for name in answer.output.split(whereSeparator: \.isWhitespace).map(String.init) {
            let parts = name.split(separator: "-")
            guard parts.count > 2, let process = pid_t(parts[1]), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            let removal = Podman(program: program, runtime: runtime, container: name).removal
            _ = try? await HostCommand.run(removal, limit: 1 << 16, environment: Self.environment)
        }
    }

    /// What is known of the container; nil if there is none.
    func state() async throws -> State? {
        let format = "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}"
        let inspection = command(["inspect", "--type", "container", "--format", format, container])
        for _ in 0..<100 {
            let answer = try await HostCommand.run(inspection, limit: 4096, environment: Self.environment)
            let words = answer.output.split { $0.isWhitespace }
            guard answer.succeeded, words.count == 3 else { return nil }
            switch words[0] {
            case "exited", "stopped": return State(exitCode: Int(words[1]), ranOutOfMemory: words[2] == "true")
            // Its end is not written down yet.
            case "running", "stopping": try await Task.sleep(for: .milliseconds(50))
            default: return State(exitCode: nil, ranOutOfMemory: false)
            }
        }
        return nil
    }
}
