import RegistryTypes
import Reproduction

extension Executors {
    /// The strongest executor of this machine; throws `sandbox-unavailable` if none works.
    static func required() async throws -> any Executor {
        guard let executor = await firstAvailable().executor else {
            throw RegistryError(
                .sandboxUnavailable,
                "no sandbox works on this machine, and nothing is run without one; `assay doctor` says what is missing")
        }
        return executor
    }
}
