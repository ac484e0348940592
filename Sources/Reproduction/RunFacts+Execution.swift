import RegistryTypes

extension RunFacts {
    /// Adds what is known of one more command: the run spans all of them and ends as the last one did.
    mutating func add(_ result: ExecutionResult, executor: String) {
        startedAt = startedAt ?? result.startedAt
        endedAt = result.endedAt
        ending = result.failureReason?.rawValue ?? "exited"
        if case .exited(let code) = result.ending { exitCode = Int32(code) } else { exitCode = nil }
        let peaks = [peakMemoryBytes, result.peakMemoryBytes].compactMap { $0 }
        peakMemoryBytes = peaks.max()
        self.executor = executor
        limits = result.appliedLimits
    }
}
