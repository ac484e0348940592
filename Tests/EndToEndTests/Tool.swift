import Foundation
import Subprocess
import SystemPackage
import Testing

/// Programs that these tests start, the built `assay` first of all.
enum Tool {
    /// What a program that has ended left.
    struct Outcome: Sendable {
        /// The exit code, or 128 and the signal as shells say it.
        let code: Int32
        let output: String
        let error: String
    }

    /// The built binary; it stands beside the test bundle.
    static let assay: String = {
        var place = URL(filePath: CommandLine.arguments[0])
        while place.path != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appending(path: "assay").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        return "assay-is-not-built"
    }()

    /// Whether a program of the system is there; in CI a missing one is a failure, on a laptop a skipped test.
    static func isThere(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path) || ProcessInfo.processInfo.environment["CI"] != nil
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> Outcome {
        var variables: [Environment.Key: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        if let path = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] { variables["LD_LIBRARY_PATH"] = path }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: folder.map { FilePath($0) }, input: .none, output: .string(limit: 16 << 20),
            error: .string(limit: 16 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(code: code, output: result.standardOutput, error: result.standardError)
    }

    /// Runs `curl` quietly, with its status code as the last line.
    static func curl(_ arguments: String...) async throws -> Outcome {
        try await run("/usr/bin/curl", ["-sS", "--max-time", "60"] + arguments)
    }
}
