import Foundation

/// What bubblewrap writes to its status file: one JSON object a line.
struct BubblewrapStatus: Sendable, Hashable {
    /// The first process of the sandbox, as the host numbers it, or nil if none was started.
    private(set) var firstProcess: pid_t?
    /// The process-id namespace of the sandbox, which tells its first process from a later one with the same number.
    private(set) var namespace: Int64?
    /// The exit code of the command, 128 + n after signal n, or nil if the command was never started.
    private(set) var exitCode: Int?

    private struct Line: Decodable {
        let childPid: pid_t?
        let exitCode: Int?
        let namespace: Int64?

        enum CodingKeys: String, CodingKey {
            case childPid = "child-pid"
            case exitCode = "exit-code"
            case namespace = "pid-namespace"
        }
    }

    /// Parses the file; lines that are incomplete or unknown are skipped.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { continue }
            firstProcess = line.childPid ?? firstProcess
            exitCode = line.exitCode ?? exitCode
            namespace = line.namespace ?? namespace
        }
    }
}

extension RunFolder {
    /// What bubblewrap has reported so far.
    func status() -> BubblewrapStatus {
        BubblewrapStatus(SmallFile.read(statusFile) ?? "")
    }

    /// Waits until the first process of the sandbox is dead, which the kernel makes the last one of its namespace.
    func waitUntilDead() async {
        let status = status()
        guard let process = status.firstProcess else { return }
        for _ in 0..<500 where ProcessTree.isAlive(process) {
            let namespace = ProcessTree.namespace(of: process)
            // Another namespace means that the number belongs to a new process, which is none of our business.
            if let namespace, namespace != status.namespace { return }
            if namespace != nil { _ = kill(process, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
