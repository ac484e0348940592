import Foundation
package import SystemPackage

/// Runs commands in a bubblewrap sandbox: namespaces of the kernel, no daemon, no privileges.
///
/// The host's kernel is shared with the command; for hostile tenants that is not enough isolation.
package struct BubblewrapExecutor: Executor {
    /// The bubblewrap program on the host.
    package let program: FilePath
    /// The program that sets resource limits, from util-linux.
    let limiter: FilePath
    /// False to use process limits even where control groups work.
    private let usesControlGroups: Bool
    /// The current time, UTC, in milliseconds since 1970.
    private let now: @Sendable () -> Int64

    package let name = "bubblewrap"

    /// Creates an executor.
    ///
    /// - Parameters:
    ///   - program: The bubblewrap program, version 0.8 or later.
    ///   - limiter: `prlimit` of util-linux.
    ///   - usesControlGroups: False to use process limits even where control groups work.
    ///   - now: The clock written into results.
    package init(
        program: FilePath = "/usr/bin/bwrap",
        limiter: FilePath = "/usr/bin/prlimit",
        usesControlGroups: Bool = true,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
    ) {
        self.program = program
        self.limiter = limiter
        self.usesControlGroups = usesControlGroups
        self.now = now
    }

    package func execute(
        _ request: ExecutionRequest,
        log: @escaping @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        try request.validate()
        let monitor = RunMonitor()
        // A task of its own, because cancelling must end the run in order instead of tearing it down half way.
        let run = Task { try await self.run(request, monitor: monitor, log: log) }
        return try await withTaskCancellationHandler {
            try await run.value
        } onCancel: {
            monitor.stop(.cancelled)
        }
    }

    /// Makes what the run needs on the host, runs it, and removes everything again on every way out.
    private func run(
        _ request: ExecutionRequest,
        monitor: RunMonitor,
        log: @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        let folder = try RunFolder.create(for: name)
        defer { folder.remove() }
        let group = controlGroup(request.limits)
        let outcome: Result<ExecutionResult, any Error>
        do {
            outcome = .success(try await run(request, in: folder, group: group, monitor: monitor, log: log))
        } catch {
            outcome = .failure(error)
        }
        group.kill()
        await group.remove()
        return try outcome.get()
    }

    /// The control groups for a run with these limits; without members if none can be used.
    func controlGroup(_ limits: ResourceLimits) -> ControlGroup {
        usesControlGroups ? .create(limits: limits, hierarchy: .current()) : ControlGroup(memberships: [])
    }

    private func run(
        _ request: ExecutionRequest,
        in folder: RunFolder,
        group: ControlGroup,
        monitor: RunMonitor,
        log: @Sendable (String) async -> Void
    ) async throws -> ExecutionResult {
        let startedAt = now()
        let plan = LimitPlan(limits: request.limits, group: group)
        let process = SandboxProcess(
            executor: name,
            command: ["/bin/sh"] + (try launchArguments(for: request, folder: folder, group: group, plan: plan)),
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"], request: request,
            sandbox: BubblewrapSandbox(folder: folder, group: group), monitor: monitor)
        let output = try await process.run(log: log)
        await folder.waitUntilDead()
        let status = folder.status()
        let ending = try ending(
            status, request: request, cause: monitor.cause, ranOutOfMemory: group.ranOutOfMemory, output: output.tail)
        return ExecutionResult(
            ending: ending,
            startedAt: startedAt,
            endedAt: now(),
            peakMemoryBytes: group.peakMemoryBytes,
            appliedLimits: plan.applied,
            logBytes: output.logBytes,
            logTruncated: output.logTruncated)
    }

    /// Decides how the run ended, from the strongest evidence to the weakest.
    private func ending(
        _ status: BubblewrapStatus,
        request: ExecutionRequest,
        cause: ExecutionEnding?,
        ranOutOfMemory: Bool,
        output: String
    ) throws(ExecutorError) -> ExecutionEnding {
        if let cause { return cause }
        if ranOutOfMemory, status.exitCode != 0 { return .outOfMemory }
        guard let code = status.exitCode else {
            let reason = output.trimmingCharacters(in: .whitespacesAndNewlines)
            // bubblewrap reports an exit code only if the program was started, so this line is its own.
            guard let line = reason.split(separator: "\n").last, line.hasPrefix("bwrap: execvp ") else {
                throw .sandboxFailed(executor: name, output: reason)
            }
            return .commandNotFound(String(line.dropFirst("bwrap: execvp ".count)))
        }
        let folders = [request.workFolder, request.outputFolder]
        if ScratchUsage.exceeds(request.limits.scratchBytes, in: folders) { return .scratchExceeded }
        return (129...192).contains(code) ? .signalled(signal: code - 128) : .exited(code: code)
    }
}
