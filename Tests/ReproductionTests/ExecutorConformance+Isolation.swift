import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    @Test("the environment is exactly the given one", arguments: names)
    func environment(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let given = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "ODD": "a b\n$HOME \"ü", "EMPTY": ""]
        let run = try await trial.run(["python3", "-c", "import os, json; print(json.dumps(dict(os.environ)))"]) {
            $0.environment = given
        }
        let seen = try JSONDecoder().decode([String: String].self, from: Data(run.log.utf8))
        let added = Self.additions[name]?.variables ?? [:]
        #expect(seen == given.merging(["PWD": "/work"]) { first, _ in first }.merging(added) { first, _ in first })
    }

    /// What an executor shows besides what all show, as its documentation says.
    private static let additions: [String: (variables: [String: String], top: [String], settings: [String])] = [
        "container": (["HOME": "/tmp", "HOSTNAME": "assay"], ["run", "sys"], ["hostname", "mtab"])
    ]

    @Test("the default environment holds everything results depend on")
    func defaultEnvironment() {
        let environment = ExecutionRequest.defaultEnvironment(cpus: 3, sourceDateEpoch: 17, seed: 42)
        #expect(environment["OMP_NUM_THREADS"] == "3")
        #expect(environment["OPENBLAS_NUM_THREADS"] == "3")
        #expect(environment["PYTHONHASHSEED"] == "0")
        #expect(environment["SOURCE_DATE_EPOCH"] == "17")
        #expect(environment["ASSAY_SEED"] == "42")
        #expect(environment["TZ"] == "UTC")
        #expect(ExecutionRequest.defaultEnvironment(cpus: 1, sourceDateEpoch: 0)["ASSAY_SEED"] == nil)
    }

    @Test("nothing else of the host is visible", arguments: names)
    func hostIsHidden(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import os, socket, sys
            print(sorted(set(os.listdir('/')) - {'bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin', 'usr'}))
            print(sorted(set(os.listdir('/etc')) - {'alternatives', 'ld.so.cache'}), os.listdir('/usr/local'))
            print(sorted(f for f in os.listdir('/proc/self/fd') if int(f) < 3 or os.path.exists('/proc/self/fd/' + f)))
            print(socket.gethostname(), os.getuid(), os.getgid(), sys.executable)
            print(len([p for p in os.listdir('/proc') if p.isdigit()]), os.read(0, 1))
            """
        let run = try await trial.run(["python3", "-c", script])
        func list(_ names: [String], _ added: [String]?) -> String {
            "[" + (names + (added ?? [])).sorted().map { "'\($0)'" }.joined(separator: ", ") + "]"
        }
        let added = Self.additions[name]
        #expect(
            run.log == """
                \(list(["dev", "etc", "in", "out", "proc", "tmp", "work"], added?.top))
                \(list(["group", "passwd"], added?.settings)) []
                ['0', '1', '2']
                assay 1000 1000 /usr/bin/python3
                2 b''

                """)
    }

    @Test("there are no capabilities, no new privileges and no nested user namespaces", arguments: names)
    func privileges(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let script = """
            import ctypes
            for line in open('/proc/self/status'):
                if line.startswith(('CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs')): print(line.split()[1])
            print(ctypes.CDLL(None).unshare(0x10000000))
            """
        let run = try await trial.python(script)
        let none = "0000000000000000"
        #expect(run.log == "\(none)\n\(none)\n\(none)\n1\n-1\n")
    }

    @Test("there is no network, not even the host's loopback", arguments: names)
    func network(name: String) async throws {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let listener = try LoopbackListener()
        defer { listener.close() }
        #expect(listener.acceptsConnections())
        let script = """
            import socket
            for address in [('127.0.0.1', \(listener.port)), ('192.0.2.1', 80)]:
                try:
                    socket.create_connection(address, 2)
                    print('CONNECTED', address)
                except OSError as error:
                    print(type(error).__name__, error.errno)
            print([name for _, name in socket.if_nameindex()])
            """
        let run = try await trial.python(script)
        #expect(run.log == "ConnectionRefusedError 111\nOSError 101\n['lo']\n")
    }
}

/// A socket on the host's loopback, which a sandbox must not reach.
private struct LoopbackListener {
    let descriptor: CInt
    let port: UInt16

    init() throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = descriptor
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        try #require(listens)
        port = UInt16(bigEndian: address.sin_port)
    }

    /// True if a connection from the host itself works, without which the test would prove nothing.
    func acceptsConnections() -> Bool {
        #if canImport(Glibc)
            let client = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
            let client = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { _ = Foundation.close(client) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    func close() {
        _ = Foundation.close(descriptor)
    }
}
