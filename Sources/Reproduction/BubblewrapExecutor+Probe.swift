import Foundation
import SystemPackage

extension BubblewrapExecutor {
    private static let longestOutput = 4096

    package func probe() async -> ExecutorProbe {
        let availability = await availability()
        let limits = ResourceLimits()
        let group = controlGroup(limits)
        defer { for membership in group.memberships { rmdir(membership.path.string) } }
        return ExecutorProbe(
            executor: name, availability: availability, limits: LimitPlan(limits: limits, group: group).applied)
    }

    private func availability() async -> ExecutorProbe.Availability {
        let limiterCheck = await attempt(limiter, ["--version"])
        guard limiterCheck.succeeded else {
            return .unavailable(limiterCheck.failure("Install util-linux, which has `prlimit`."))
        }
        let versionCheck = await attempt(program, ["--version"])
        guard versionCheck.succeeded else {
            return .unavailable(versionCheck.failure("Install bubblewrap 0.8 or later: `apt-get install bubblewrap`."))
        }
        let version = versionCheck.output.split { $0.isWhitespace }.last.map(String.init) ?? "unknown"
        let sandbox = await attempt(program, Self.isolation + Self.probeMounts)
        guard sandbox.succeeded else { return .unavailable(sandbox.failure(Self.advice(for: sandbox.output))) }
        let filtered = await attemptFiltered()
        guard filtered.succeeded else {
            return .unavailable(
                filtered.failure(
                    "The sandbox starts, but not with a filter of system calls: use a kernel with CONFIG_SECCOMP_FILTER, "
                        + "or allow the system call seccomp in the container around it."))
        }
        return .available(version: version)
    }

    /// The mounts that fail where bubblewrap is forbidden: a bind, a process file system, devices.
    private static let probeMounts = [
        "--ro-bind", "/usr", "/usr", "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--remount-ro", "/", "--", "/usr/bin/true",
    ]

    private static func advice(for output: String) -> String {
        let text = output.lowercased()
        if text.contains("unknown option") {
            return "This bubblewrap is too old: version 0.8 or later is needed."
        }
        if text.contains("uid map") || text.contains("new namespace") || text.contains("user namespace") {
            return """
                Unprivileged user namespaces are forbidden here. On Ubuntu 24.04 or later: \
                `sysctl kernel.apparmor_restrict_unprivileged_userns=0` or an AppArmor profile for bwrap. On older \
                Debian: `sysctl kernel.unprivileged_userns_clone=1`. In a container: run the worker outside it, or \
                allow user namespaces in the seccomp and AppArmor profile of the container.
                """
        }
        if text.contains("proc") {
            return """
                Mounting /proc is forbidden, as it is in most containers. Run the worker outside the container, or \
                give the container unmasked system paths (`--security-opt systempaths=unconfined`).
                """
        }
        return "Run the command above by hand; until it works, use another executor or an external worker."
    }
}

extension BubblewrapExecutor {
    /// What a probing command did.
    private struct Attempt {
        let command: [String]
        let succeeded: Bool
        let output: String

        func failure(_ advice: String) -> ExecutorProbe.Failure {
            ExecutorProbe.Failure(command: command.joined(separator: " "), output: output, advice: advice)
        }
    }

    /// The same sandbox with the filter of system calls that runs have.
    private func attemptFiltered() async -> Attempt {
        let filter = FileManager.default.temporaryDirectory.appending(path: "assay-calls-\(UUID().uuidString).bpf")
        defer { try? FileManager.default.removeItem(at: filter) }
        let opening = ["-c", #"exec 4<"$0" && exec "$@""#, filter.path(percentEncoded: false), program.string]
        do {
            try CallFilter.program.write(to: filter, options: .withoutOverwriting)
        } catch {
            return Attempt(command: ["sh"] + opening, succeeded: false, output: "\(error)")
        }
        return await attempt("/bin/sh", opening + ["--seccomp", "4"] + Self.isolation + Self.probeMounts)
    }

    private func attempt(_ program: FilePath, _ arguments: [String]) async -> Attempt {
        let command = [program.string] + arguments
        do {
            let result = try await HostCommand.run(command, limit: Self.longestOutput)
            return Attempt(command: command, succeeded: result.succeeded, output: result.output)
        } catch {
            return Attempt(command: command, succeeded: false, output: "\(error)")
        }
    }
}
