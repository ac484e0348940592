extension Executors {
    /// The strongest executor that works on this host, or nil together with what each one lacks.
    ///
    /// - Parameter name: the only one that is asked, if there is one by that name.
    package static func firstAvailable(
        only name: String? = nil
    ) async -> (executor: (any Executor)?, probes: [ExecutorProbe]) {
        var probes: [ExecutorProbe] = []
        for executor in all where name == nil || executor.name == name {
            let probe = await executor.probe()
            probes.append(probe)
            if probe.isAvailable { return (executor, probes) }
        }
        return (nil, probes)
    }
}
