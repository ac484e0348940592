/// Runs one command of a recipe in a sandbox and says how it ended.
///
/// Implementations keep this contract; `ExecutorConformance` in the tests proves it for every entry of `Executors.all`.
///
/// - **Isolation.** The command sees only the root of the request, `/work` and `/out` (writable), `/in` and
///   `/params.json` (read-only), `/proc`, a minimal `/dev`, and an empty bounded `/tmp`. It has no network (the loopback
///   of the host included), no capabilities, and cannot make user namespaces. No process, socket, shared memory, terminal
///   or key of the host is within its reach, and nothing of the kernel is writable, also where the superuser starts it.
/// - **Environment.** Exactly the variables of the request; nothing of the host leaks in.
/// - **Limits.** Memory, process count, processor time and file size are enforced by the strongest mechanism that works
///   here; `ExecutionResult.appliedLimits` names the mechanism for each, with `none` where there is none.
/// - **Cancellation.** Cancelling the task ends the run like a timeout does: SIGTERM, the grace time, SIGKILL, and a
///   *result* with the ending `cancelled`. When `execute` returns or throws, no process of the run is alive, however
///   it detached itself, and no control group or temporary file of the run is left.
/// - **Results and errors.** Whatever the command does (exit code, signal, timeout, limits, command not found) is a
///   result. `ExecutorError` is thrown only if the request is invalid or the sandbox itself could not be set up.
/// - **Concurrency.** One executor value may run many requests at once; runs share nothing.
package protocol Executor: Sendable {
    /// The stable name written into run records, for example `bubblewrap`.
    var name: String { get }

    /// Says whether this executor works on this host, by really starting a sandbox; never throws.
    func probe() async -> ExecutorProbe

    /// Runs the command of `request` until it ends or is stopped.
    ///
    /// - Parameters:
    ///   - request: What to run, and the limits.
    ///   - log: Receives standard output and standard error, interleaved, as printable text in chunks. The next chunk is
    ///     read only after it returns, so a slow receiver slows the command down.
    /// - Returns: How the command ended and what was enforced.
    /// - Throws: `ExecutorError`.
    func execute(
        _ request: ExecutionRequest,
        log: @escaping @Sendable (String) async -> Void
    ) async throws -> ExecutionResult
}

/// The executors this build knows, strongest default first.
package enum Executors {
    /// Every executor; a new one is registered here and gets its conformance tests by that.
    package static let all: [any Executor] = [
        BubblewrapExecutor(), ContainerExecutor(),
    ]

    /// The executor with the given name, or nil.
    package static func named(_ name: String) -> (any Executor)? {
        all.first { $0.name == name }
    }
}
