import Foundation
package import SystemPackage

/// Runs commands in a container of podman: for machines on which it works and bubblewrap does not, or whose operators
/// want seccomp, SELinux and AppArmor around what they run.
///
/// No image of podman's is involved: the root is put together of the same folders that bubblewrap shows, so the command
/// sees the same files. Different from bubblewrap is that there is a `/sys` and a `/run`, that podman adds
/// `/etc/hostname` and `/etc/mtab` and the variables `HOME` and `HOSTNAME`, and that a program which exists but cannot be
/// executed is an exit code.
package struct ContainerExecutor: Executor {
    /// The podman program on the host, version 4.3 or later.
    package let program: FilePath
    let setup: ContainerSetup
    /// The current time, UTC, in milliseconds since 1970.
    private let now: @Sendable () -> Int64

    package let name = "container"

    /// Creates an executor; which OCI runtime works is found out by the first probe or run.
    package init(
        program: FilePath = "/usr/bin/podman",
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
    ) {
        self.program = program
        self.now = now
        setup = ContainerSetup()
    }

    package func execute(
        _ request: ExecutionRequest,
        log: @escaping @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        try request.validate()
        try Self.validateMounts(request)
        let monitor = RunMonitor(waits: true)
        // A task of its own, because cancelling must end the run in order instead of tearing it down half way.
        let run = Task {
            switch await setup.mode(of: self) {
            case .success(let mode): return try await self.run(request, mode: mode, monitor: monitor, log: log)
            case .failure(let reason):
                throw ExecutorError.sandboxFailed(executor: name, output: reason.failure.output)
            }
        }
        return try await withTaskCancellationHandler {
            try await run.value
        } onCancel: {
            monitor.stop(.cancelled)
        }
    }

    /// Makes what the run needs on the host, runs it, and removes everything again on every way out.
    func run(
        _ request: ExecutionRequest, mode: ContainerMode, monitor: RunMonitor,
        log: @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        let startedAt = now()
        if let reason = try ContainerProgram.problem(with: request) {
            return ExecutionResult(
                ending: monitor.cause ?? .commandNotFound(reason), startedAt: startedAt, endedAt: now(),
                peakMemoryBytes: nil, appliedLimits: mode.limits, logBytes: 0, logTruncated: false)
        }
        let folder = try RunFolder.create(for: name)
        defer { folder.remove() }
        let podman = Podman(program: program, runtime: mode.runtime, container: folder.path.lastComponent?.string ?? "")
        let warden = try ContainerWarden(podman)
        let outcome: Result<ExecutionResult, any Error>
        do {
            outcome = .success(
                try await run(request, podman, mode: mode, in: folder, monitor: monitor, startedAt, log: log))
        } catch {
            outcome = .failure(error)
        }
        try await warden.remove()
        return try outcome.get()
    }

    private func run(
        _ request: ExecutionRequest, _ podman: Podman, mode: ContainerMode, in folder: RunFolder, monitor: RunMonitor,
        _ startedAt: Int64, log: @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        let sandbox = ContainerSandbox(processFile: folder.processFile, monitor: monitor)
        let process = SandboxProcess(
            executor: name, command: podman.command(try runArguments(for: request, folder: folder)),
            environment: Podman.environment, folder: folder.path, request: request, sandbox: sandbox, monitor: monitor)
        let output = try await process.run(log: log)
        let state = try await podman.state()
        let ranOutOfMemory = sandbox.memory.ranOut || access(folder.outOfMemoryFile.string, F_OK) == 0
        let ending = try ending(
            state, request, cause: monitor.cause, ranOutOfMemory: ranOutOfMemory, output: output.tail)
        return ExecutionResult(
            ending: ending, startedAt: startedAt, endedAt: now(), peakMemoryBytes: sandbox.memory.peak,
            appliedLimits: mode.limits, logBytes: output.logBytes, logTruncated: output.logTruncated)
    }

    /// Decides how the run ended, from the strongest evidence to the weakest.
    private func ending(
        _ state: Podman.State?, _ request: ExecutionRequest, cause: ExecutionEnding?, ranOutOfMemory: Bool,
        output: String
    ) throws(ExecutorError) -> ExecutionEnding {
        if let cause { return cause }
        guard let state, let code = state.exitCode else {
            throw .sandboxFailed(executor: name, output: output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        if code != 0, ranOutOfMemory || state.ranOutOfMemory { return .outOfMemory }
        let folders = [request.workFolder, request.outputFolder]
        if ScratchUsage.exceeds(request.limits.scratchBytes, in: folders) { return .scratchExceeded }
        return (129...192).contains(code) ? .signalled(signal: code - 128) : .exited(code: code)
    }
}
