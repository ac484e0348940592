import Subprocess
import SystemPackage

/// Runs short trusted programs of the host, for probes and facts.
enum HostCommand {
    /// What a program printed on both streams, and whether it ended with code 0.
    struct Outcome: Sendable {
        let succeeded: Bool
        let output: String
    }

    /// Runs a program given by its full path, by default with an empty environment apart from `PATH` and `LC_ALL=C`.
    ///
    /// - Throws: An error if the program cannot be started or prints more than `limit` bytes.
    static func run(
        _ command: [String], limit: Int, environment: [String: String] = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(.init(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(environment.variables),
            input: .none, output: .string(limit: limit), error: .combinedWithOutput)
        return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    }
}

extension [String: String] {
    /// The same variables for `Subprocess`.
    var variables: [Environment.Key: String] {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in self { variables[Environment.Key(stringLiteral: name)] = value }
        return variables
    }
}
