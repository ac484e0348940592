import Foundation
import SystemPackage

/// Looks for the program of a command as the container will see it: once the container has been started, "not found" and
/// an exit code of the program look the same.
enum ContainerProgram {
    /// Why the program cannot be started; nil if it can, as far as one can tell from outside.
    static func problem(with request: ExecutionRequest) throws -> String? {
        let program = request.command[0]
        let start = request.startFolder.map { "/work/" + $0 } ?? "/work"
        if program.contains("/") {
            let path = program.hasPrefix("/") ? program : start + "/" + program
            return try reason(path, request).map { "\(program): \($0)" }
        }
        let folders = (request.environment["PATH"] ?? "/bin:/usr/bin").split(separator: ":")
        let isFound = try folders.contains { try reason("\($0)/\(program)", request) == nil }
        return isFound ? nil : "\(program): No such file or directory"
    }

    private static func reason(_ path: String, _ request: ExecutionRequest) throws -> String? {
        guard let file = try place(of: path, request) else { return "No such file or directory" }
        var status = stat()
        guard stat(file.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o111 != 0 else {
            return "Permission denied"
        }
        return nil
    }

    /// Where a file of the sandbox is on this machine, links of its root followed as the sandbox would.
    private static func place(of path: String, _ request: ExecutionRequest) throws -> FilePath? {
        let names = path.split(separator: "/").map(String.init)
        let inside = Array(names.dropFirst())
        switch (names.first, request.root) {
        case ("work", _): return try RootFolder(path: request.workFolder).file(inside)
        case ("out", _): return try RootFolder(path: request.outputFolder).file(inside)
        case ("in", _):
            let input = request.inputs.first { "\(path)/".hasPrefix("/in/\($0.mount)/") }
            return input.map { FilePath($0.source.string + path.dropFirst("/in/\($0.mount)".count)) }
        case ("usr", .host) where inside.first == "local": return nil
        case (_, .host): return access(path, F_OK) == 0 ? FilePath(path) : nil
        case (_, .folder(let folder)): return try RootFolder(path: folder).file(names)
        }
    }
}
