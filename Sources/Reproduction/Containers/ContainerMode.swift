/// How containers work on this machine, as found out by really starting one.
struct ContainerMode: Sendable, Hashable {
    /// The OCI runtime to name; nil for the configured one.
    var runtime: String?
    /// The version of podman.
    var version: String
    /// Which mechanism enforces which limit, as in `ExecutionResult.appliedLimits`.
    var limits: [String: String]
}

/// Remembers what was found out, as long as it worked.
actor ContainerSetup {
    private var known: ContainerMode?

    /// How containers work here, or why they do not.
    func mode(of executor: ContainerExecutor) async -> Result<ContainerMode, ContainerExecutor.NoMode> {
        if let known { return .success(known) }
        let found = await executor.findMode()
        if case .success(let mode) = found {
            known = mode
            await Podman(program: executor.program, runtime: mode.runtime, container: "").removeAbandoned()
        }
        return found
    }
}
