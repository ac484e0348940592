import Foundation
import SystemPackage

extension ExecutionRequest {
    /// Longest single argument or variable, in bytes; the kernel refuses arguments of 128 KiB.
    static let longestArgument = 96 << 10
    /// Most arguments, most variables, and most inputs.
    static let mostItems = 1024

    /// Refuses what cannot be run or could break out of the mount points.
    ///
    /// - Throws: `ExecutorError.invalidRequest` with a text that says what to change.
    func validate() throws(ExecutorError) {
        try validateCommand()
        try validateEnvironment()
        try validateMounts()
        try validateNumbers()
    }

    private func validateCommand() throws(ExecutorError) {
        guard let program = command.first, !program.isEmpty else {
            throw .invalidRequest("the command is empty; give the program and its arguments.")
        }
        guard command.count <= Self.mostItems else {
            throw .invalidRequest("the command has more than \(Self.mostItems) arguments; pass a file instead.")
        }
        for argument in command where !Self.isArgument(argument) {
            throw .invalidRequest(
                "an argument holds a NUL byte or more than \(Self.longestArgument) bytes; pass a file instead.")
        }
    }

    private func validateEnvironment() throws(ExecutorError) {
        guard environment.count <= Self.mostItems else {
            throw .invalidRequest("the environment has more than \(Self.mostItems) variables.")
        }
        for (name, value) in environment {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), Self.isArgument(name) else {
                throw .invalidRequest("`\(name)` is not a name for an environment variable.")
            }
            guard Self.isArgument(value) else {
                throw .invalidRequest(
                    "the variable `\(name)` holds a NUL byte or more than \(Self.longestArgument) bytes.")
            }
        }
    }

    private func validateMounts() throws(ExecutorError) {
        try Self.requireFolder(workFolder, role: "work folder")
        try Self.requireFolder(outputFolder, role: "output folder")
        if case .folder(let root) = root { try Self.requireFolder(root, role: "root file system") }
        if let startFolder, RelativePath.components(startFolder) == nil {
            throw .invalidRequest("the start folder `\(startFolder)` must be a path inside the source, without `..`.")
        }
        if let parametersFile, !FileManager.default.fileExists(atPath: parametersFile.string) {
            throw .invalidRequest("the parameters file \(parametersFile) is missing.")
        }
        try validateInputs()
    }

    private func validateInputs() throws(ExecutorError) {
        guard inputs.count <= Self.mostItems else {
            throw .invalidRequest("there are more than \(Self.mostItems) inputs; put them into one folder.")
        }
        var taken: [[String]] = []
        for input in inputs {
            guard let components = RelativePath.components(input.mount) else {
                throw .invalidRequest("the input name `\(input.mount)` must be a relative path without `..`.")
            }
            guard !taken.contains(where: { $0.starts(with: components) || components.starts(with: $0) }) else {
                throw .invalidRequest("the input `\(input.mount)` lies on or inside another input; rename one of them.")
            }
            guard FileManager.default.fileExists(atPath: input.source.string) else {
                throw .invalidRequest("the input `\(input.mount)` is missing at \(input.source).")
            }
            taken.append(components)
        }
    }

    private func validateNumbers() throws(ExecutorError) {
        guard (1...1024).contains(limits.cpus) else {
            throw .invalidRequest("cpus must be between 1 and 1024, not \(limits.cpus).")
        }
        guard (1...ResourceLimits.largestMiB).contains(limits.memoryMiB) else {
            throw .invalidRequest("memoryMiB must be between 1 and \(ResourceLimits.largestMiB).")
        }
        guard (1...ResourceLimits.largestMiB).contains(limits.scratchMiB) else {
            throw .invalidRequest("scratchMiB must be between 1 and \(ResourceLimits.largestMiB).")
        }
        guard (1...4_000_000).contains(limits.pids) else {
            throw .invalidRequest("pids must be between 1 and 4000000, not \(limits.pids).")
        }
        let seconds = [timeouts.wallSeconds, timeouts.idleSeconds ?? 1, timeouts.killGraceSeconds + 1]
        guard seconds.allSatisfy({ $0.isFinite && $0 > 0 && $0 <= 365 * 86_400 }) else {
            throw .invalidRequest("timeouts must be positive and at most a year.")
        }
        guard logLimit >= 0 else { throw .invalidRequest("the log limit must not be negative.") }
    }

    private static func requireFolder(_ path: FilePath, role: String) throws(ExecutorError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), isFolder.boolValue else {
            throw .invalidRequest("the \(role) \(path) is missing or not a folder.")
        }
    }

    private static func isArgument(_ text: String) -> Bool {
        text.utf8.count <= longestArgument && !text.utf8.contains(0)
    }
}
