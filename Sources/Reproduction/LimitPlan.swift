import Foundation

/// Which mechanism enforces which limit of one run: control groups where they work, process limits otherwise.
struct LimitPlan: Sendable {
    /// Arguments of `prlimit` for what control groups do not enforce.
    let limiterArguments: [String]
    /// The mechanism by limit, as in `ExecutionResult.appliedLimits`.
    let applied: [String: String]

    init(limits: ResourceLimits, group: ControlGroup) {
        var arguments = ["--core=0", "--fsize=\(limits.scratchBytes)"]
        var applied = [
            "cpus": group.mechanism(for: .cpu) ?? "none",
            "fileSize": "rlimit",
            "memory": group.mechanism(for: .memory) ?? "rlimit",
            "pids": group.mechanism(for: .pids) ?? "rlimit",
            "scratch": "watch",
            "temporaryFiles": "tmpfs",
        ]
        if group.mechanism(for: .memory) == nil {
            arguments.append("--as=\(limits.memoryBytes)")
        }
        if group.mechanism(for: .pids) == nil {
            if getuid() == 0 {
                // The kernel does not hold the superuser to RLIMIT_NPROC.
                applied["pids"] = "none"
            } else {
                arguments.append("--nproc=\(limits.pids + ProcessTree.threadCount(ofUser: getuid()))")
            }
        }
        limiterArguments = arguments
        self.applied = applied
    }
}
