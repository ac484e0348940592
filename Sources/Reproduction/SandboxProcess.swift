import Foundation
import Subprocess
import SystemPackage

/// A sandbox that was started, as its executor sees it.
protocol Sandbox: Sendable {
    /// Waits until processes of the command can be signalled; nil if the sandbox will not get that far.
    func startedProcess() async -> pid_t?

    /// The first process in the sandbox, as the host numbers it; nil if it is not known yet, or dead.
    var firstProcess: pid_t? { get }

    /// Looks at the sandbox, many times a second.
    func observe()

    /// Kills everything in the sandbox; `launcher` is the process that was started for it.
    func kill(launcher: pid_t)
}

/// The running sandbox of one request: passes its output on and stops it when the monitor says so.
struct SandboxProcess: Sendable {
    /// What came out of the run besides its ending.
    struct Output: Sendable {
        /// The last text printed, for messages of the sandbox program itself.
        let tail: String
        let logBytes: Int
        let logTruncated: Bool
    }

    private typealias Running = Execution<NoInput, SequenceOutput, CombinedErrorOutput>

    /// How often the monitor and the deadlines are looked at.
    private static let tick = Duration.milliseconds(10)
    /// How often the scratch space is counted, unless counting takes long.
    private static let scratchInterval = Duration.milliseconds(250)
    private static let longestTail = 4096

    let executor: String
    /// The program and its arguments.
    let command: [String]
    let environment: [String: String]
    /// Where it starts; nil for where this process is.
    var folder: FilePath?
    let request: ExecutionRequest
    let sandbox: any Sandbox
    let monitor: RunMonitor

    /// Starts the sandbox and returns when it has ended and its output was passed on.
    func run(log: @Sendable (String) async -> Void) async throws(ExecutorError) -> Output {
        do {
            return try await Subprocess.run(
                .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
                environment: .custom(environment.variables), workingDirectory: folder, input: .none, output: .sequence,
                error: .combinedWithOutput
            ) { running in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { await watch(running) }
                    let output = try await passOn(running, log: log)
                    tasks.cancelAll()
                    return output
                }
            }.closureResult
        } catch {
            throw .sandboxFailed(executor: executor, output: "\(error)")
        }
    }

    private func passOn(_ running: Running, log: @Sendable (String) async -> Void) async throws -> Output {
        var text = ExecutionLog(limit: request.logLimit)
        var tail: [UInt8] = []
        for try await chunk in running.standardOutput {
            monitor.noteOutput()
            let bytes = chunk.withUnsafeBytes { Array($0) }
            tail = (tail + bytes).suffix(Self.longestTail)
            if let printable = text.accept(bytes) { await log(printable) }
        }
        if let rest = text.finish() { await log(rest) }
        return Output(
            tail: String(decoding: tail, as: UTF8.self), logBytes: text.byteCount, logTruncated: text.isTruncated)
    }

    /// Waits for a cause to stop the run, then stops it; ends when the task is cancelled because the output ended.
    private func watch(_ running: Running) async {
        var nextCount = ContinuousClock.now + Self.scratchInterval
        while !Task.isCancelled {
            sandbox.observe()
            monitor.checkDeadlines(request.timeouts)
            if monitor.cause == nil, ContinuousClock.now >= nextCount {
                nextCount = countScratch()
            }
            if monitor.cause != nil {
                await stop(running)
                return
            }
            try? await Task.sleep(for: Self.tick)
        }
    }

    /// Counts the scratch space and says when to do it next: counting may take a tenth of the time at most.
    private func countScratch() -> ContinuousClock.Instant {
        let begin = ContinuousClock.now
        let folders = [request.workFolder, request.outputFolder]
        if ScratchUsage.exceeds(request.limits.scratchBytes, in: folders, openedBelow: sandbox.firstProcess) {
            monitor.stop(.scratchExceeded)
        }
        let end = ContinuousClock.now
        return end + max(Self.scratchInterval, (end - begin) * 9)
    }

    private func stop(_ running: Running) async {
        if let first = await sandbox.startedProcess() {
            ProcessTree.signal(SIGTERM, below: first)
            // Interrupted when the output ends, that is when the sandbox is gone.
            try? await Task.sleep(for: .seconds(request.timeouts.killGraceSeconds))
        }
        if !Task.isCancelled { sandbox.kill(launcher: running.processIdentifier.value) }
    }
}
