import Foundation
import SystemPackage

extension BubblewrapExecutor {
    /// Joins the control groups and opens the status file, which only a process between us and bubblewrap can do
    /// without a moment in which the command runs unlimited. Nothing of the request is part of this text.
    private static let launcher = """
        exec 3>"$1"
        shift
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
        var arguments = ["-c", Self.launcher, "assay-launch", folder.statusFile.string]
        arguments += group.memberships.map(\.path.string) + ["--", limiter.string]
        arguments += plan.limiterArguments + [program.string, "--json-status-fd", "3"]
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
        return ["--proc", "/proc", "--dev", "/dev"] + devices + size + ["/dev/shm", "--remount-ro", "/dev"] + size + [
            "/tmp"
        ]
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
