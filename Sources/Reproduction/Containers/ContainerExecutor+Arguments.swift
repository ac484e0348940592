import Foundation
import SystemPackage

extension RunFolder {
    /// Where podman writes the number of the container's first process.
    var processFile: FilePath { path.appending("pid") }
    /// What conmon makes where it was started, once the kernel has killed a process because the memory limit was reached.
    var outOfMemoryFile: FilePath { path.appending("oom") }
    /// The container's root: mount points and links.
    var rootFolder: FilePath { path.appending("root") }
    var emptyFolder: FilePath { path.appending("empty") }
    var callFilter: FilePath { path.appending("seccomp.json") }
}

extension ContainerExecutor {
    /// What holds for every container: no network, no capabilities, nothing of podman's configuration or this process.
    static let isolation = [
        "--log-driver", "passthrough", "--init", "--systemd=false", "--network", "none", "--no-hosts",
        "--pid", "private", "--ipc", "private", "--uts", "private", "--hostname", "assay",
        "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges",
        "--security-opt", "label=disable", "--user", "1000:1000", "--passwd=false", "--unsetenv-all",
        "--http-proxy=false",
    ]

    /// The folders of a root that podman adds files of its own to, and the names of these.
    private static let openFolders: Set<String> = ["/etc", "/run"]
    private static let ownFiles: Set<String> = ["/etc/hostname", "/etc/mtab", "/etc/resolv.conf", "/run/.containerenv"]

    /// Colons separate the parts of a mount.
    static func validateMounts(_ request: ExecutionRequest) throws(ExecutorError) {
        var paths = [request.workFolder.string, request.outputFolder.string, request.parametersFile?.string ?? ""]
        for input in request.inputs { paths += [input.source.string, input.mount] }
        if let path = paths.first(where: { $0.contains(":") }) {
            throw .invalidRequest("the path `\(path)` holds a colon, and podman mounts no such path; rename it.")
        }
    }

    /// The arguments of `podman` that start the container; makes its mount points.
    func runArguments(for request: ExecutionRequest, folder: RunFolder) throws -> [String] {
        for path in [folder.rootFolder, folder.emptyFolder] {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
        }
        try Data(ContainerCallFilter.json.utf8).write(to: folder.callFilter.fileURL)
        let root = try RootLayout(request.root, accounts: folder).opening(Self.openFolders)
        var arguments = [
            "run", "--name", folder.path.lastComponent?.string ?? "", "--pidfile", folder.processFile.string,
        ]
        arguments += Self.isolation + ["--security-opt", "seccomp=\(folder.callFilter)"] + Self.userArguments
        arguments += Self.limitArguments(request)
        arguments += try rootArguments(root, folder) + mountArguments(request, folder)
        if request.needsGPU { arguments += GraphicsDevices.paths.flatMap { ["--device", $0] } }
        let start = request.startFolder.map { "/work/" + $0 } ?? "/work"
        for (name, value) in request.environment.merging(["PWD": start], uniquingKeysWith: { $1 }).sorted(by: <) {
            arguments += ["--env", "\(name)=\(value)"]
        }
        return arguments + ["--workdir", start, "--rootfs", folder.rootFolder.string] + request.command
    }

    /// User 1000 of the container is the user of this process, who owns what the command writes; nobody else is anybody.
    private static var userArguments: [String] {
        let others = getuid() == 0 ? 100_000 : 1
        return ["--uidmap", "--gidmap"].flatMap { [$0, "0:\(others):1000", $0, "1000:0:1"] }
    }

    private static func limitArguments(_ request: ExecutionRequest) -> [String] {
        let limits = request.limits
        let seconds = request.timeouts.wallSeconds + request.timeouts.killGraceSeconds + 300
        return [
            "--memory", "\(limits.memoryBytes)b", "--memory-swap", "\(limits.memoryBytes)b",
            // Two for the container's first process and the one that starts it.
            "--pids-limit", String(limits.pids + 2),
            "--cpu-period", "100000", "--cpu-quota", String(limits.cpus * 100_000),
            "--shm-size", "\(limits.temporaryBytes)b",
            "--tmpfs", "/tmp:rw,nosuid,nodev,exec,size=\(limits.temporaryBytes),mode=1777",
            "--ulimit", "core=0:0", "--ulimit", "fsize=\(limits.scratchBytes):\(limits.scratchBytes)",
            // podman's own are higher than what processes without CAP_SYS_RESOURCE may ask for.
            "--ulimit", "nofile=\(openFiles):\(openFiles)", "--ulimit", "nproc=\(processes):\(processes)",
            // Should everything that watches the container be gone.
            "--timeout", String(Int(min(seconds, 1e9))),
        ]
    }

    private static var openFiles: UInt { hardLimit(RLIMIT_NOFILE, most: 1 << 20) }
    /// Half of it, since podman itself lowers its own, and control groups hold the command to fewer anyway.
    private static var processes: UInt { max(hardLimit(__RLIMIT_NPROC, most: 1 << 16) / 4, 1024) }

    private static func hardLimit(_ kind: __rlimit_resource, most: UInt) -> UInt {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0 else { return 1024 }
        return min(limit.rlim_max, most)
    }
}

extension ContainerExecutor {
    private func rootArguments(_ root: RootLayout, _ folder: RunFolder) throws -> [String] {
        for name in ["dev", "etc", "in", "out", "proc", "run", "sys", "tmp", "work"] {
            try makePlace("/" + name, isFolder: true, folder)
        }
        chmod(folder.rootFolder.appending("tmp").string, 0o1777)
        var arguments: [String] = []
        for entry in root.entries {
            switch entry {
            case .shown(let source, let place) where !Self.ownFiles.contains(place):
                arguments += try mount(source, at: place, folder)
            case .link(let target, let place) where !Self.ownFiles.contains(place):
                let path = folder.rootFolder.appending(String(place.dropFirst())).string
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            case .emptyFolder(let place): arguments += ["--volume", "\(folder.emptyFolder):\(place):ro,bind"]
            case .shown, .link: break
            }
        }
        return arguments
    }

    private func mountArguments(_ request: ExecutionRequest, _ folder: RunFolder) throws -> [String] {
        var arguments: [String] = []
        for input in request.inputs { arguments += try mount(input.source, at: "/in/" + input.mount, folder) }
        if let file = request.parametersFile { arguments += try mount(file, at: "/params.json", folder) }
        for (path, place) in [(request.workFolder, "/work"), (request.outputFolder, "/out")] {
            arguments += ["--volume", "\(path):\(place):rw,bind"]
        }
        return arguments
    }

    /// Shows a file or folder read-only.
    private func mount(_ source: FilePath, at place: String, _ folder: RunFolder) throws -> [String] {
        guard !source.string.contains(":"), !place.contains(":") else {
            throw ExecutorError.invalidRequest("the path `\(place)` holds a colon, and podman mounts no such path.")
        }
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: source.string, isDirectory: &isFolder)
        try makePlace(place, isFolder: isFolder.boolValue, folder)
        return ["--volume", "\(source):\(place):ro,bind"]
    }

    /// Makes a mount point, so that the runtime makes none that this user could not remove.
    private func makePlace(_ place: String, isFolder: Bool, _ folder: RunFolder) throws {
        let path = folder.rootFolder.appending(String(place.dropFirst()))
        let parent = isFolder ? path : path.removingLastComponent()
        try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
        if !isFolder { try Data().write(to: path.fileURL) }
    }
}
