import Foundation
import Subprocess
import SystemPackage

/// A process beside this one that removes a container when this one says so, or dies.
///
/// Containers are no descendants of who started them; without it they would outlive a worker that is killed.
final class ContainerWarden: Sendable {
    /// Waits for the end of its input, which only this process holds open, and removes the container.
    private static let script = """
        trap '' INT TERM HUP
        read -r _
        for _ in 1 2 3 4 5; do
            said=$("$@" 2>&1) && exit 0
            sleep 1
        done
        echo "$said"
        exit 1
        """

    private let life: FileDescriptor
    private let removal: Task<String?, any Error>

    /// Starts the process; the container need not exist yet.
    init(_ podman: Podman) throws(ExecutorError) {
        let input: FileDescriptor
        do {
            // No other child inherits it: Subprocess closes what it is not told to hand over.
            (input, life) = try FileDescriptor.pipe()
        } catch {
            throw .sandboxFailed(executor: "container", output: "\(error)")
        }
        var options = PlatformOptions()
        // Ctrl-C in a terminal reaches this process alone.
        options.createSession = true
        removal = Task { [options] in
            let ended = try await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(["-c", Self.script, "assay-warden"] + podman.removal),
                environment: .custom(Podman.environment.variables), platformOptions: options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .string(limit: 64 << 10),
                error: .discarded)
            return ended.terminationStatus.isSuccess ? nil : ended.standardOutput
        }
    }

    /// Removes the container and returns when nothing of it is left.
    func remove() async throws(ExecutorError) {
        try? life.close()
        let problem: String?
        do {
            problem = try await removal.value
        } catch {
            problem = "\(error)"
        }
        if let problem {
            throw .sandboxFailed(executor: "container", output: "The container was not removed: \(problem)")
        }
    }
}
