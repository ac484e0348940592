import Foundation
import RegistryTypes
import Reproduction

extension Executors {
    /// The name of the executor to use, by an option or else `ASSAY_EXECUTOR`; nil for the first that works.
    ///
    /// Throws `invalid-request` for a name that is none.
    static func chosen(_ option: String? = nil) throws -> String? {
        let variable = ProcessInfo.processInfo.environment["ASSAY_EXECUTOR"].flatMap { $0.isEmpty ? nil : $0 }
        guard let name = option ?? variable else { return nil }
        guard named(name) != nil else {
            let names = all.map(\.name).joined(separator: " or ")
            throw RegistryError(.invalidRequest, "\"\(name.prefix(40))\" is no executor; say \(names)")
        }
        return name
    }

    /// The chosen executor, else the strongest of this machine; throws `sandbox-unavailable` if it does not work.
    static func required(_ name: String?) async throws -> any Executor {
        let (executor, probes) = await firstAvailable(only: name)
        guard let executor else {
            let reasons = probes.compactMap { probe in probe.failure.map { "\(probe.executor): \($0.advice)" } }
            let what = name.map { "the executor \($0) does not work" } ?? "no sandbox works"
            throw RegistryError(
                .sandboxUnavailable,
                "\(what) on this machine, and nothing is run without one; `assay doctor` says what is missing. "
                    + reasons.joined(separator: " "))
        }
        return executor
    }
}
