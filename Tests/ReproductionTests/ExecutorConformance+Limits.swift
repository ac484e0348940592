import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    @Test("too much memory ends the run", arguments: names)
    func memory(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let run = try await trial.python("block = bytearray(300 << 20); print(len(block))") {
            $0.limits.memoryMiB = 100
        }
        if run.result.appliedLimits["memory"]?.hasPrefix("cgroup") == true {
            #expect(run.result.ending == .outOfMemory)
            // The control group of a container can be gone before anybody looked at it.
            #expect(run.result.peakMemoryBytes.map { $0 > 50 << 20 } ?? (name == "container"))
        } else {
            #expect(run.result.failureReason == .exitCode)
        }
        #expect(!run.log.contains("314572800"))
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("temporary files count as memory", arguments: names)
    func temporaryFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            for folder in ['/tmp', '/dev/shm']:
                try:
                    with open(folder + '/big', 'wb') as file:
                        for _ in range(64): file.write(bytes(1 << 20))
                    print('NO LIMIT')
                except OSError as error:
                    print(error.errno)
            """
        let run = try await trial.python(script) { $0.limits.scratchMiB = 16 }
        #expect(["28\n28\n", "27\n27\n"].contains(run.log))
    }

    @Test("the number of processes is limited", arguments: names)
    func processes(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, signal
            children = []
            try:
                while len(children) < 200:
                    child = os.fork()
                    if child == 0: signal.pause()
                    children.append(child)
                print('NO LIMIT')
            except BlockingIOError:
                print('limit', len(children) <= 32)
            """
        let run = try await trial.python(script) { $0.limits.pids = 32 }
        guard run.result.appliedLimits["pids"] != "none" else {
            print("SKIPPED: nothing limits the number of processes here")
            return
        }
        #expect(run.log == "limit True\n")
        #expect(run.result.ending == .exited(code: 0))
    }

    @Test("a fork bomb ends with its run", arguments: names)
    func forkBomb(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let token = "bomb-\(UUID().uuidString)"
        let script = """
            import os, sys
            token = '\(token)'
            while True:
                try:
                    if os.fork() == 0: os.setsid()
                except OSError:
                    pass
            """
        let run = try await trial.python(script) {
            $0.limits.pids = 40
            $0.timeouts.wallSeconds = 1
            $0.timeouts.killGraceSeconds = 0.1
        }
        #expect(run.result.ending == .timedOut(.wall))
        #expect(!Leftovers.hasProcess(token))
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("processor time is limited", arguments: names)
    func processorTime(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, time
            if os.fork() == 0:
                while True: pass
            begin, used = time.monotonic(), time.process_time()
            while time.monotonic() - begin < 1.0: pass
            print(time.process_time() - used)
            """
        let run = try await trial.python(script)
        guard run.result.appliedLimits["cpus"] != "none" else {
            print("SKIPPED: nothing limits processor time here")
            return
        }
        let used = try #require(Double(run.log.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(used < 0.85, "two busy processes share one processor")
    }

    @Test("one large file ends the run", arguments: names)
    func largeFile(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            with open('/out/big', 'wb') as file:
                for _ in range(10 << 10): file.write(bytes(1 << 20))
            """
        let run = try await trial.python(script)
        #expect(run.result.ending == .scratchExceeded)
        #expect(run.result.failureReason == .scratchExceeded)
        let size = try FileManager.default.attributesOfItem(atPath: trial.out.appending(path: "big").path)[.size]
        #expect(try #require(size as? Int) <= 64 << 20)
    }

    @Test("a sparse file is not longer than the limit", arguments: names)
    func sparseFile(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let run = try await trial.python("open('/out/sparse', 'wb').truncate(10 << 30)")
        #expect(run.result.failureReason == .exitCode)
        let half = try await trial.python(
            "open('/out/sparse', 'wb').truncate(60 << 20); open('/out/b', 'wb').truncate(5 << 20)")
        #expect(half.result.ending == .scratchExceeded)
    }

    @Test("deleted files that are only mapped end the run", arguments: names)
    func mappedFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import mmap, os, signal
            kept = []
            for number in range(12):
                file = os.open('/work/hidden', os.O_RDWR | os.O_CREAT)
                os.unlink('/work/hidden')
                os.write(file, bytes(16 << 20))
                # Python duplicates the descriptor; only the mapping is to stay.
                before = set(os.listdir('/proc/self/fd'))
                kept.append(mmap.mmap(file, 4096))
                for other in set(os.listdir('/proc/self/fd')) - before:
                    try: os.close(int(other))
                    except OSError: pass
                os.close(file)
            print('written', flush=True)
            while True: signal.pause()
            """
        let run = try await trial.python(script)
        #expect(run.result.ending == .scratchExceeded)
    }

    @Test("many files together end the run", arguments: names)
    func manyFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import signal
            for number in range(200): open('/work/file%d' % number, 'wb').write(bytes(1 << 20))
            print('written', flush=True)
            while True: signal.pause()
            """
        let run = try await trial.python(script)
        #expect(run.result.ending == .scratchExceeded)
    }

    @Test("the limits name what enforces them", arguments: names)
    func appliedLimits(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let run = try await trial.run(["/bin/true"])
        let keys: Set = ["cpus", "fileSize", "memory", "pids", "scratch", "temporaryFiles"]
        #expect(Set(run.result.appliedLimits.keys) == keys)
        #expect(await trial.executor.probe().limits == run.result.appliedLimits)
    }
}

extension ExecutorConformance {
    @Test("deleted files that are still open count", arguments: names)
    func deletedFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, signal
            kept = []
            for number in range(10):
                kept.append(open('/work/hidden', 'wb'))
                os.unlink('/work/hidden')
                kept[-1].write(bytes(10 << 20))
                kept[-1].flush()
            while True: signal.pause()
            """
        let run = try await trial.python(script)
        #expect(run.result.ending == .scratchExceeded)
    }
}
