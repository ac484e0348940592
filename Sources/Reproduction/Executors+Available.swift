extension Executors {
    /// The strongest executor that works on this host, or nil together with what each one lacks.
    package static func firstAvailable() async -> (executor: (any Executor)?, probes: [ExecutorProbe]) {
        var probes: [ExecutorProbe] = []
        for executor in all {
            let probe = await executor.probe()
            probes.append(probe)
            if probe.isAvailable { return (executor, probes) }
        }
        return (nil, probes)
    }
}
