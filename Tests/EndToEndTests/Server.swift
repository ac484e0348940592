import Foundation
import Subprocess
import SystemPackage

/// A server of the built binary on a free port.
struct Server: Sendable {
    /// `http://127.0.0.1:<port>`, or with https
    let url: String
    /// The data folder.
    let data: String
    private let execution: ProcessIdentifier

    /// The first administrator's token.
    var adminToken: String {
        get throws {
            try String(contentsOfFile: data + "/admin-token", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Ends the server as a power cut would.
    func kill() { Foundation.kill(execution.value, SIGKILL) }

    /// The server's process.
    var processID: pid_t { execution.value }

    /// The processes that the server started, and those that they started: the worker of a job, and its sandbox.
    var descendants: [pid_t] {
        var parents: [pid_t: pid_t] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = pid_t(name),
                let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                // The name of the program stands in brackets and may hold anything.
                let parent = text.split(separator: ")").last?.split(separator: " ").dropFirst().first
            else { continue }
            parents[process] = pid_t(parent)
        }
        var found = [execution.value]
        var next = 0
        while next < found.count {
            found += parents.filter { $0.value == found[next] }.keys
            next += 1
        }
        return Array(found.dropFirst())
    }

    /// Runs the command line against the server.
    func assay(
        _ arguments: String..., token: String? = nil, folder: String? = nil, environment: [String: String] = [:]
    ) async throws -> Tool.Outcome {
        var variables = environment
        variables["ASSAY_URL"] = url
        variables["ASSAY_TOKEN"] = try token ?? adminToken
        variables["HOME"] = data
        return try await Tool.run(Tool.assay, arguments, environment: variables, folder: folder)
    }

    /// Runs a server while `body` runs, then ends it politely; returns how it ended.
    ///
    /// - Parameter launcher: a program, with its arguments, that becomes the server.
    @discardableResult
    static func run(
        data: String, environment: [String: String] = [:], arguments: [String] = [], launcher: [String] = [],
        _ body: @Sendable @escaping (Server) async throws -> Void
    ) async throws -> TerminationStatus {
        var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "HOME": data]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        if let path = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] { variables["LD_LIBRARY_PATH"] = path }
        let command = launcher + [Tool.assay, "serve", "--data", data, "--port", "0"] + arguments
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables), input: .none, output: .discarded, error: .sequence
        ) { running in
            let (urls, continuation) = AsyncStream<String>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Read to the end, or the server would wait for somebody to take what it says.
                    var said = ""
                    for try await line in running.standardError.strings() {
                        said += line + "\n"
                        if let match = line.firstMatch(of: /listening on (https?:\S+), data/) {
                            continuation.yield(String(match.1))
                        }
                    }
                    continuation.finish()
                    if ProcessInfo.processInfo.environment["ASSAY_TEST_LOG"] != nil { print(said) }
                }
                group.addTask {
                    for await url in urls {
                        defer { Foundation.kill(running.processIdentifier.value, SIGTERM) }
                        return try await body(Server(url: url, data: data, execution: running.processIdentifier))
                    }
                    throw ServerDidNotStart()
                }
                try await group.waitForAll()
            }
        }
        return result.terminationStatus
    }
}

/// The server ended before it listened.
struct ServerDidNotStart: Error {}
