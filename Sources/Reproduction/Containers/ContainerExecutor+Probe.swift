import Foundation
import SystemPackage

extension ContainerExecutor {
    /// Why no container can be started.
    struct NoMode: Error {
        let failure: ExecutorProbe.Failure
    }

    /// The runtimes that are tried, the configured one first.
    private static let runtimes = [nil, "runc", "crun"]
    private static let memoryMiB = 64
    private static let pids = 16

    /// Prints the limits as the control groups of version 2 and 1 have them.
    private static let script = """
        cd /sys/fs/cgroup || exit 0
        for file in memory.max pids.max cpu.max memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us; do
            if test -r $file; then echo $file $(cat $file); fi
        done
        """

    package func probe() async -> ExecutorProbe {
        switch await setup.mode(of: self) {
        case .success(let mode):
            let version = mode.runtime.map { "\(mode.version) with \($0)" } ?? mode.version
            return ExecutorProbe(executor: name, availability: .available(version: version), limits: mode.limits)
        case .failure(let reason):
            return ExecutorProbe(executor: name, availability: .unavailable(reason.failure), limits: [:])
        }
    }

    /// Starts a container with each runtime until one works.
    func findMode() async -> Result<ContainerMode, NoMode> {
        let versionCommand = [program.string, "--version"]
        let answer = try? await HostCommand.run(versionCommand, limit: 4096, environment: Podman.environment)
        guard let answer, answer.succeeded else {
            return .failure(
                .init(
                    versionCommand, said: answer?.output ?? "It cannot be started.",
                    "Install it: `apt-get install --no-install-recommends podman runc catatonit`."))
        }
        let version = "podman " + (answer.output.split { $0.isWhitespace }.last.map(String.init) ?? "unknown")
        var first: NoMode?
        for runtime in Self.runtimes {
            var mode = ContainerMode(runtime: runtime, version: version, limits: [:])
            switch await attempt(mode) {
            case .success(let limits):
                mode.limits = limits
                return .success(mode)
            case .failure(let reason): first = first ?? reason
            }
        }
        return .failure(first ?? .init(versionCommand, said: answer.output, "Update podman to 4.3 or later."))
    }

    /// Runs the script in a container and returns which limits hold there.
    private func attempt(_ mode: ContainerMode) async -> Result<[String: String], NoMode> {
        let base = FilePath(NSTemporaryDirectory()).appending("assay-\(getpid())-probe-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: base.string) }
        let log = ContainerProbeLog()
        do {
            for name in ["work", "out"] {
                try FileManager.default.createDirectory(
                    atPath: base.appending(name).string, withIntermediateDirectories: true)
            }
            let request = ExecutionRequest(
                command: ["/bin/sh", "-c", Self.script], environment: ["PATH": "/usr/bin:/bin"],
                workFolder: base.appending("work"), outputFolder: base.appending("out"),
                limits: ResourceLimits(cpus: 1, memoryMiB: Self.memoryMiB, pids: Self.pids, scratchMiB: 1),
                timeouts: ExecutionTimeouts(wallSeconds: 60, killGraceSeconds: 1))
            let result = try await run(request, mode: mode, monitor: RunMonitor(waits: true)) { await log.add($0) }
            guard result.ending == .exited(code: 0) else {
                return .failure(failure(mode, "A container was started, but its command \(result.ending)."))
            }
            return .success(Self.limits(await log.text))
        } catch ExecutorError.sandboxFailed(_, let output) {
            return .failure(failure(mode, output))
        } catch {
            return .failure(failure(mode, "\(error)"))
        }
    }

    /// The mechanism for each limit, by what the script printed.
    private static func limits(_ output: String) -> [String: String] {
        var limits = [
            "cpus": "none", "fileSize": "rlimit", "memory": "none", "pids": "none", "scratch": "watch",
            "temporaryFiles": "tmpfs",
        ]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, let value = Int(words[1]) else { continue }
            switch words[0] {
            case "memory.max" where value <= memoryMiB << 20: limits["memory"] = "cgroup-v2"
            case "memory/memory.limit_in_bytes" where value <= memoryMiB << 20: limits["memory"] = "cgroup-v1"
            case "pids.max": limits["pids"] = "cgroup-v2"
            case "pids/pids.max": limits["pids"] = "cgroup-v1"
            case "cpu.max": limits["cpus"] = "cgroup-v2"
            case "cpu/cpu.cfs_quota_us" where value > 0: limits["cpus"] = "cgroup-v1"
            default: break
            }
        }
        return limits
    }

    private func failure(_ mode: ContainerMode, _ output: String) -> NoMode {
        let podman = Podman(program: program, runtime: mode.runtime, container: "probe")
        return NoMode(podman.command(["run", "--rm"] + Self.isolation + ["…"]), said: output, Self.advice(for: output))
    }

    private static func advice(for output: String) -> String {
        let text = output.lowercased()
        if text.contains("catatonit") || text.contains("container-init") {
            return "Install the init program of containers: `apt-get install catatonit`."
        }
        if text.contains("subuid") || text.contains("subgid") || text.contains("newuidmap") {
            return "Give the worker's user subordinate ids: `apt-get install uidmap`, `usermod --add-subuids …`."
        }
        if text.contains("runtime") && (text.contains("not found") || text.contains("no such file")) {
            return "Install an OCI runtime: `apt-get install runc`."
        }
        return "Until `podman run` works for this user, use bubblewrap or a worker on another machine."
    }
}

extension ContainerExecutor.NoMode {
    fileprivate init(_ command: [String], said output: String, _ advice: String) {
        self.init(
            failure: .init(command: command.joined(separator: " "), output: String(output.suffix(2000)), advice: advice)
        )
    }
}

/// What a probing container printed.
private actor ContainerProbeLog {
    var text = ""

    func add(_ piece: String) { text += piece }
}
