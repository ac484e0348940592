import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    /// Starts detached processes that carry a token, says so, and waits for ever.
    private static func detached(_ token: String, before: String = "") -> String {
        """
        import os, signal, sys
        \(before)
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv('/usr/bin/python3', ['\(token)', '-c', 'import signal; signal.pause()'])
                os._exit(0)
        print('ready', flush=True)
        while True: signal.pause()
        """
    }

    @Test("the wall time ends the run, politely first", arguments: names)
    func wallTime(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import signal
            def end(*_):
                open('/out/ended', 'w').write('x')
                raise SystemExit(0)
            signal.signal(signal.SIGTERM, end)
            while True: signal.pause()
            """
        let run = try await trial.python(script) {
            $0.timeouts.wallSeconds = 0.5
            $0.timeouts.killGraceSeconds = 10
        }
        #expect(run.result.ending == .timedOut(.wall))
        #expect(run.result.failureReason == .timeout)
        #expect(FileManager.default.fileExists(atPath: trial.out.appending(path: "ended").path))
        #expect(run.result.endedAt - run.result.startedAt < 5_000)
    }

    @Test("a command that ignores SIGTERM is killed after the grace time", arguments: names)
    func ignoredTermination(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let token = "token-\(UUID().uuidString)"
        let ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        let run = try await trial.python(Self.detached(token, before: ignore)) {
            $0.timeouts.wallSeconds = 0.7
            $0.timeouts.killGraceSeconds = 0.5
        }
        #expect(run.result.ending == .timedOut(.wall))
        #expect(run.result.endedAt - run.result.startedAt >= 1_200)
        #expect(run.result.endedAt - run.result.startedAt < 6_000)
        #expect(!Leftovers.hasProcess(token))
    }

    @Test("silence ends the run, output keeps it alive", arguments: names)
    func idleTime(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import time
            for _ in range(10):
                print('.', flush=True)
                time.sleep(0.1)
            time.sleep(60)
            """
        let run = try await trial.python(script) { $0.timeouts.idleSeconds = 0.6 }
        #expect(run.result.ending == .timedOut(.idle))
        #expect(run.log == String(repeating: ".\n", count: 10))
    }

    @Test("cancelling kills everything, detached processes too", arguments: names)
    func cancel(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let token = "token-\(UUID().uuidString)"
        let log = LogRecorder()
        let request = trial.request(["/usr/bin/python3", "-c", Self.detached(token)])
        let executor = trial.executor
        let run = Task { try await executor.execute(request) { await log.append($0) } }
        await log.waitFor("ready")
        #expect(Leftovers.hasProcess(token))
        run.cancel()
        let result = try await run.value
        #expect(result.ending == .cancelled)
        #expect(result.failureReason == .cancelled)
        #expect(!Leftovers.hasProcess(token))
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("detached processes end with a command that ends well", arguments: names)
    func detachedProcesses(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let token = "token-\(UUID().uuidString)"
        let script = Self.detached(token).replacing("while True: signal.pause()", with: "sys.exit(0)")
        let run = try await trial.python(script)
        #expect(run.result.ending == .exited(code: 0))
        #expect(run.log == "ready\n")
        #expect(!Leftovers.hasProcess(token))
    }

    @Test("a run cancelled before it starts ends at once", arguments: names)
    func cancelledBefore(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let request = trial.request(["/bin/sleep", "60"])
        let executor = trial.executor
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await executor.execute(request) { _ in }
        }
        let result = try await run.value
        #expect(result.ending == .cancelled)
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("a flood of output is cut, but the run goes on", arguments: names)
    func logFlood(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import sys
            for _ in range(512): sys.stdout.write('x' * (64 << 10))
            open('/out/done', 'w').write('x')
            """
        let run = try await trial.python(script) { $0.logLimit = 1 << 20 }
        #expect(run.result.ending == .exited(code: 0))
        #expect(run.result.logTruncated)
        #expect(run.log.utf8.count == run.result.logBytes)
        #expect(run.log.utf8.count < (1 << 20) + 200)
        #expect(run.log.hasSuffix("[log cut here: the command printed more than 1048576 bytes]\n"))
        #expect(FileManager.default.fileExists(atPath: trial.out.appending(path: "done").path))
    }

    @Test("both streams arrive in order and without terminal escapes", arguments: names)
    func logText(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os
            os.write(1, b'one\\r\\n')
            os.write(2, b'\\x1b[31mtwo\\x1b[0m\\n')
            os.write(1, b'\\x1b]0;title\\x07three \\xff\\x00\\x08\\n')
            """
        let run = try await trial.python(script)
        #expect(run.log == "one\ntwo\nthree \u{FFFD}\n")
    }

    @Test("many runs at once do not disturb each other", arguments: names)
    func concurrentRuns(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let codes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                let request = trial.request(["/bin/sh", "-c", "exit \(number)"])
                let executor = trial.executor
                group.addTask { try await executor.execute(request) { _ in }.ending == .exited(code: number) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: true, count: 8))
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("starting is cheap", arguments: names)
    func overhead(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        var times: [Duration] = []
        for _ in 0..<21 {
            let begin = ContinuousClock.now
            _ = try await trial.run(["/bin/true"])
            times.append(ContinuousClock.now - begin)
        }
        let median = times.sorted()[times.count / 2]
        print("\(name): a run of /bin/true takes \(median) (median of \(times.count))")
        #expect(median < .seconds(1))
    }
}
