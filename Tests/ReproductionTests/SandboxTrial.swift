import Foundation
import Reproduction
import SystemPackage
import Testing

/// Folders for one run in a temporary place, and a short way to run Python in them.
struct SandboxTrial {
    let executor: any Executor
    let base: URL

    var work: URL { base.appending(path: "work") }
    var out: URL { base.appending(path: "out") }

    /// Makes the folders if the executor works here; otherwise fails in CI and prints the reason elsewhere.
    init?(_ name: String) async throws {
        let executor = try #require(Executors.named(name))
        guard await Self.isUsable(executor) else { return nil }
        try self.init(executor)
    }

    init(_ executor: any Executor) throws {
        self.executor = executor
        base = FileManager.default.temporaryDirectory.appending(path: "assay-trial-\(UUID().uuidString)")
        for folder in [work, out] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    static func isUsable(_ executor: any Executor) async -> Bool {
        guard let failure = await executor.probe().failure else { return true }
        let reason = "The executor \(executor.name) does not work here: \(failure.command): \(failure.output)"
        if ProcessInfo.processInfo.environment["CI"] == nil {
            print("SKIPPED: \(reason)")
        } else {
            Issue.record(Comment(rawValue: reason))
        }
        return false
    }

    func request(_ command: [String]) -> ExecutionRequest {
        ExecutionRequest(
            command: command,
            environment: ExecutionRequest.defaultEnvironment(cpus: 1, sourceDateEpoch: 0),
            workFolder: FilePath(work.path), outputFolder: FilePath(out.path),
            limits: ResourceLimits(cpus: 1, memoryMiB: 256, pids: 64, scratchMiB: 64),
            timeouts: ExecutionTimeouts(wallSeconds: 20, killGraceSeconds: 0.5))
    }

    /// Runs a request after `change` was applied, and returns the result with the whole log.
    func run(
        _ command: [String], change: (inout ExecutionRequest) -> Void = { _ in }
    ) async throws -> (result: ExecutionResult, log: String) {
        var request = request(command)
        change(&request)
        let log = LogRecorder()
        let result = try await executor.execute(request) { await log.append($0) }
        return (result, await log.text)
    }

    func python(
        _ script: String, change: (inout ExecutionRequest) -> Void = { _ in }
    ) async throws -> (result: ExecutionResult, log: String) {
        try await run(["/usr/bin/python3", "-c", script], change: change)
    }

    func remove() {
        try? FileManager.default.removeItem(at: base)
    }
}

/// Collects a log; `waitFor` returns as soon as a text was seen.
actor LogRecorder {
    private(set) var text = ""
    private var waiting: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []

    func append(_ chunk: String) {
        text += chunk
        for waiter in waiting where text.contains(waiter.text) { waiter.continuation.resume() }
        waiting.removeAll { text.contains($0.text) }
    }

    func waitFor(_ expected: String) async {
        if text.contains(expected) { return }
        await withCheckedContinuation { waiting.append((expected, $0)) }
    }
}

/// What is left on the host.
enum Leftovers {
    /// True if a process has `token` in its command line.
    static func hasProcess(_ token: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.contains { name in
            Int(name) != nil
                && (try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))).map {
                    String(decoding: $0, as: UTF8.self).contains(token)
                } ?? false
        }
    }

    /// Control groups and temporary folders of runs made by this process.
    static func folders() -> [String] {
        let hierarchy = ControlGroupHierarchy.current()
        let parents =
            ControlGroupHierarchy.Controller.allCases.flatMap { hierarchy.version1Folders($0) }
            + hierarchy.version2Folders() + [FilePath(NSTemporaryDirectory())]
        return parents.flatMap { parent in
            ((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [])
                .filter { $0.hasPrefix("assay-\(getpid())-") }
        }
    }
}
