import Foundation
import Reproduction
import SystemPackage
import Testing

/// What a command sees of others, does to them, and leaves behind.
extension ExecutorConformance {
    @Test("no process, socket, memory or key of the host is within reach", arguments: names)
    func others(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let witness = try HostWitness()
        defer { witness.end() }
        #expect(Leftovers.hasProcess(witness.word), "else the test would prove nothing")
        try Data(witness.word.utf8).write(to: trial.base.appending(path: "word"))
        let script = """
            import ctypes, glob, os, platform, socket
            word = open('/in/word').read()
            libc = ctypes.CDLL(None, use_errno=True)
            for path in glob.glob('/proc/[0-9]*/cmdline') + glob.glob('/proc/[0-9]*/environ'):
                try:
                    if word in open(path, 'rb').read().decode('utf-8', 'replace'): print('SEEN', path)
                except OSError: pass
            try: os.kill(\(witness.identifier), 0); print('SIGNALLED')
            except ProcessLookupError: pass
            try: socket.socket(socket.AF_UNIX).connect('\\0' + word); print('CONNECTED')
            except ConnectionRefusedError: pass
            if libc.shmget(\(witness.memory), 4096, 0) != -1: print('SHARED MEMORY')
            number = {'x86_64': 250, 'aarch64': 219}.get(platform.machine())
            if number and libc.syscall(number, 0, -3, 0) == \(witness.keyring) != -1: print('KEYRING')
            # Sockets of virtual machines and raw frames: both leave the network namespace behind.
            for family, kind in [(40, socket.SOCK_STREAM), (17, socket.SOCK_RAW)]:
                try: socket.socket(family, kind); print('SOCKET', family)
                except OSError: pass
            print('done')
            """
        let run = try await trial.python(script) {
            $0.inputs = [.init(mount: "word", source: FilePath(trial.base.appending(path: "word").path))]
        }
        #expect(run.log == "done\n")
    }

    @Test("a command that kills what it can kills only itself", arguments: names)
    func killing(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let everybody = try await trial.python(
            """
            import os, signal
            for process in [1, os.getppid(), -1]:
                for number in [signal.SIGTERM, signal.SIGKILL]:
                    try: os.kill(process, number)
                    except (ProcessLookupError, PermissionError): pass
            print('still here')
            """)
        // The first process of its namespace is the sandbox's own, and may end the run; it never goes on unwatched.
        #expect(everybody.result.failureReason == nil || everybody.result.failureReason == .signal)
        let group = try await trial.python("import os; os.killpg(0, 9)")
        #expect(group.result.failureReason == .signal)
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("a command that stops itself, or closes its output, is still watched", arguments: names)
    func silence(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let closing = try await trial.python(
            "import os, time; os.close(1); os.close(2); time.sleep(0.3); open('/out/closed', 'w')")
        #expect(closing.result.ending == .exited(code: 0))
        #expect(FileManager.default.fileExists(atPath: trial.out.appending(path: "closed").path))
        for script in [
            "import os, time; os.close(1); os.close(2); time.sleep(60)", "import os; os.kill(os.getpid(), 19)",
        ] {
            let run = try await trial.python(script) {
                $0.timeouts.wallSeconds = 0.5
                $0.timeouts.killGraceSeconds = 0.2
            }
            #expect(run.result.ending == .timedOut(.wall), "\(script)")
        }
    }

    @Test("nothing is written any more when the run has ended", arguments: names)
    func daemon(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    while True:
                        # Renames the folder to and fro and fills it, as if to exchange files while they are collected.
                        for names in [('a', 'b'), ('b', 'a')]:
                            try: os.rename('/out/' + names[0], '/out/' + names[1])
                            except OSError: pass
                        open('/out/%d' % time.monotonic_ns(), 'w')
                os._exit(0)
            os.mkdir('/out/a')
            while len(os.listdir('/out')) < 10: time.sleep(0.01)
            """
        let run = try await trial.python(script)
        #expect(run.result.ending == .exited(code: 0))
        let first = try FileManager.default.contentsOfDirectory(atPath: trial.out.path)
        try await Task.sleep(for: .milliseconds(50))
        #expect(try FileManager.default.contentsOfDirectory(atPath: trial.out.path).count == first.count)
    }

    @Test("memory that belongs to no program counts", arguments: names)
    func memoryFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os
            file = os.memfd_create('hidden')
            for _ in range(48): os.write(file, bytes(4 << 20))
            print('NO LIMIT')
            """
        let run = try await trial.python(script) {
            $0.limits.memoryMiB = 100
            $0.limits.scratchMiB = 1000
        }
        guard run.result.appliedLimits["memory"]?.hasPrefix("cgroup") == true else {
            print("SKIPPED: no control group limits memory here")
            return
        }
        #expect(run.result.ending == .outOfMemory)
        #expect(run.log.isEmpty)
    }

    @Test("too many files end the run, however small", arguments: names)
    func countlessFiles(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, signal
            # Further names of one file cost little time, and count like files.
            for folder in range(8):
                first = '/work/%d/first' % folder
                os.mkdir('/work/%d' % folder); os.mknod(first)
                for number in range(26000): os.link(first, '/work/%d/%d' % (folder, number))
            print('written', flush=True)
            while True: signal.pause()
            """
        let run = try await trial.python(script) { $0.timeouts.wallSeconds = 60 }
        #expect(run.result.ending == .scratchExceeded)
    }
}
