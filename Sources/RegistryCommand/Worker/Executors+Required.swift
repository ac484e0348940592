import RegistryTypes
import Reproduction

extension Executors {
    /// The strongest executor of this machine; throws `sandbox-unavailable` if none works.
    static func required() async throws -> any Executor {
        let (executor, probes) = await firstAvailable()
        guard let executor else {
            let reasons = probes.compactMap { probe in probe.failure.map { "\(probe.executor): \($0.advice)" } }
            throw RegistryError(
                .sandboxUnavailable,
                "no sandbox works on this machine, and nothing is run without one; `assay doctor` says what is missing. "
                    + reasons.joined(separator: " "))
        }
        return executor
    }
}
