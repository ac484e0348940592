import Foundation
import Reproduction
import SystemPackage
import Testing

/// What every executor must do, proven by real runs; one test case for each entry of `Executors.all`.
///
/// Serialized, because the tests look for processes and folders left behind and measure times.
@Suite(.serialized)
struct ExecutorConformance {
    static let names = Executors.all.map(\.name)

    @Test("names are unique and found again")
    func list() {
        #expect(Set(Self.names).count == Self.names.count)
        for name in Self.names { #expect(Executors.named(name)?.name == name) }
        #expect(Executors.named("none") == nil)
    }

    @Test("exit codes are results", arguments: names)
    func exitCode(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let fine = try await trial.python("print('hello')")
        #expect(fine.result.ending == .exited(code: 0))
        #expect(fine.result.failureReason == nil)
        #expect(fine.log == "hello\n")
        #expect(fine.result.logBytes == 6)
        #expect(fine.result.endedAt >= fine.result.startedAt)
        let failing = try await trial.python("raise SystemExit(3)")
        #expect(failing.result.ending == .exited(code: 3))
        #expect(failing.result.failureReason == .exitCode)
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("a signal is told from an exit code", arguments: names)
    func signal(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let run = try await trial.python("import os; os.kill(os.getpid(), 11)")
        #expect(run.result.ending == .signalled(signal: 11))
        #expect(run.result.failureReason == .signal)
    }

    @Test("a missing or unusable program is a result and cannot be faked", arguments: names)
    func missingCommand(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let missing = try await trial.run(["no-such-program"])
        #expect(missing.result.failureReason == .commandNotFound)
        try Data("x".utf8).write(to: trial.work.appending(path: "plain"))
        let plain = try await trial.run(["/work/plain"])
        #expect(plain.result.failureReason == .commandNotFound)
        let fake = try await trial.python("print('bwrap: execvp x: No such file or directory'); raise SystemExit(1)")
        #expect(fake.result.ending == .exited(code: 1))
    }

    @Test("an invalid request is an error", arguments: names)
    func invalidRequests(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let file = FilePath("/etc/passwd")
        let changes: [(inout ExecutionRequest) -> Void] = [
            { $0.command = [] },
            { $0.command = ["a\0b"] },
            { $0.environment["A=B"] = "c" },
            { $0.workFolder = "/no/such/folder" },
            { $0.startFolder = "../etc" },
            { $0.parametersFile = "/no/such/file" },
            { $0.inputs = [.init(mount: "../x", source: file)] },
            { $0.inputs = [.init(mount: "/x", source: file)] },
            { $0.inputs = [.init(mount: "a", source: "/no/such/file")] },
            { $0.inputs = [.init(mount: "a", source: file), .init(mount: "a/b", source: file)] },
            { $0.limits.cpus = 0 },
            { $0.limits.memoryMiB = .max },
            { $0.timeouts.wallSeconds = .nan },
            { $0.root = .folder("/no/such/root") },
        ]
        for change in changes {
            await #expect(throws: ExecutorError.self) { _ = try await trial.run(["/bin/true"], change: change) }
        }
        #expect(Leftovers.folders().isEmpty)
    }

    @Test("the folders, inputs and parameters are where recipes expect them", arguments: names)
    func mounts(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let data = trial.base.appending(path: "data.csv")
        try Data("1,2".utf8).write(to: data)
        let start = trial.work.appending(path: "sub/folder")
        try FileManager.default.createDirectory(at: start, withIntermediateDirectories: true)
        let script = """
            import os
            print(os.getcwd(), open('/in/data/train.csv').read(), open('/in/set/data.csv').read())
            print(open(os.environ['ASSAY_PARAMS']).read(), os.environ['PWD'])
            open(os.environ['ASSAY_OUTPUTS'] + '/model.bin', 'w').write('weights')
            open('/work/left', 'w').write('x')
            for path in ['/in/data/train.csv', '/in/set/new', '/in/new', '/params.json', '/new', '/usr/new', '/etc/new',
                         '/dev/new', '/proc/new', '/usr/local/new']:
                try:
                    open(path, 'a').write('x')
                    print('WRITABLE', path)
                except OSError:
                    pass
            """
        let set = trial.base.appending(path: "set")
        try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
        try Data("3,4".utf8).write(to: set.appending(path: "data.csv"))
        let run = try await trial.python(script) {
            $0.inputs = [
                .init(mount: "data/train.csv", source: FilePath(data.path)),
                .init(mount: "set", source: FilePath(set.path)),
            ]
            $0.parametersFile = FilePath(data.path)
            $0.startFolder = "sub/folder"
        }
        #expect(run.log == "/work/sub/folder 1,2 3,4\n1,2 /work/sub/folder\n")
        #expect(run.result.ending == .exited(code: 0))
        #expect(try String(contentsOf: trial.out.appending(path: "model.bin"), encoding: .utf8) == "weights")
        #expect(FileManager.default.fileExists(atPath: trial.work.appending(path: "left").path))
        #expect(try String(contentsOf: data, encoding: .utf8) == "1,2")
    }

    @Test("an unpacked root file system is used instead of the host", arguments: names)
    func rootFolder(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let root = trial.base.appending(path: "root")
        let libraries =
            ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
            + ["x86_64", "aarch64"].map { "/lib/\($0)-linux-gnu/libc.so.6" }
        for path in ["/bin/sh"] + libraries where FileManager.default.fileExists(atPath: path) {
            let target = root.appending(path: String(path.dropFirst()))
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: URL(filePath: path).resolvingSymlinksInPath(), to: target)
        }
        let run = try await trial.run(["/bin/sh", "-c", "echo inside; test -e /usr || echo no usr; echo x >/bin/new"]) {
            $0.root = .folder(FilePath(root.path))
        }
        #expect(run.log.hasPrefix("inside\nno usr\n"))
        #expect(run.result.failureReason == .exitCode)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "bin").path) == ["sh"])
    }
}
