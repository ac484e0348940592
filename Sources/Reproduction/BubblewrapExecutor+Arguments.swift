import Foundation
import SystemPackage

extension BubblewrapExecutor {
    /// Joins the control groups and opens the files of status and call filter, which only a process between us and
    /// bubblewrap can do without a moment in which the command runs unlimited. Nothing of the request is part of this.
    private static let launcher = """
        exec 3>"$1" 4<"$2"
        shift 2
        while [ "$1" != -- ]; do
            echo 0 >"$1/cgroup.procs" || { echo "The control group $1 cannot be joined." >&2; exit 125; }
            shift
        done
        shift
        exec "$@"
        """

    /// The arguments of `sh` that start the sandbox.
    func launchArguments(
        for request: ExecutionRequest, folder: RunFolder, group: ControlGroup, plan: LimitPlan
    ) throws(ExecutorError) -> [String] {
        let filter = folder.path.appending("calls.bpf")
        do {
            try CallFilter.program.write(to: filter.fileURL)
        } catch {
            throw .sandboxFailed(executor: name, output: "The call filter cannot be written: \(error).")
        }
        var arguments = ["-c", Self.launcher, "assay-launch", folder.statusFile.string, filter.string]
        arguments += group.memberships.map(\.path.string) + ["--", limiter.string]
        arguments += plan.limiterArguments + [program.string, "--json-status-fd", "3", "--seccomp", "4"]
        arguments += Self.isolation
        arguments += try RootLayout(request.root, accounts: folder).entries.flatMap(Self.rootArguments)
        arguments += Self.deviceArguments(request.limits, gpu: request.needsGPU)
        arguments += Self.mountArguments(request)
        arguments += Self.environmentArguments(request.environment)
        let start = request.startFolder.map { "/work/" + $0 } ?? "/work"
        return arguments + ["--remount-ro", "/", "--chdir", start, "--"] + request.command
    }

    /// Every namespace, no capabilities (bubblewrap started by root keeps them otherwise), no nested namespaces.
    static let isolation = [
        "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--disable-userns",
        "--die-with-parent", "--new-session", "--clearenv", "--hostname", "assay",
    ]

    private static func rootArguments(_ entry: RootLayout.Entry) -> [String] {
        switch entry {
        case .shown(let source, let place): ["--ro-bind", source.string, place]
        case .link(let target, let place): ["--symlink", target, place]
        case .emptyFolder(let place): ["--size", "4096", "--tmpfs", place, "--remount-ro", place]
        }
    }

    private static func deviceArguments(_ limits: ResourceLimits, gpu: Bool) -> [String] {
        let size = ["--size", String(limits.temporaryBytes), "--tmpfs"]
        let devices = gpu ? GraphicsDevices.paths.flatMap { ["--dev-bind", $0, $0] } : []
        // A worker's superuser owns the kernel's settings below /proc/sys, capabilities or not: nothing there is writable.
        let processes = ["--proc", "/proc"] + hidden + ["--remount-ro", "/proc"]
        return processes + ["--dev", "/dev"] + devices + size + ["/dev/shm", "--remount-ro", "/dev"] + size + ["/tmp"]
    }

    /// Files of the kernel that the superuser may read without capabilities, and that say what the machine does.
    private static var hidden: [String] {
        let names = [
            "key-users", "keys", "kpagecgroup", "kpagecount", "kpageflags", "slabinfo", "timer_list", "vmallocinfo",
        ]
        return names.map { "/proc/" + $0 }.filter(FileManager.default.fileExists).flatMap {
            ["--ro-bind", "/dev/null", $0]
        }
    }

    private static func mountArguments(_ request: ExecutionRequest) -> [String] {
        var arguments = ["--dir", "/in"]
        for input in request.inputs {
            arguments += ["--ro-bind", input.source.string, "/in/" + input.mount]
        }
        if let file = request.parametersFile {
            arguments += ["--ro-bind", file.string, "/params.json"]
        }
        arguments += ["--bind", request.workFolder.string, "/work"]
        return arguments + ["--bind", request.outputFolder.string, "/out"]
    }

    private static func environmentArguments(_ environment: [String: String]) -> [String] {
        environment.sorted { $0.key < $1.key }.flatMap { ["--setenv", $0.key, $0.value] }
    }
}
