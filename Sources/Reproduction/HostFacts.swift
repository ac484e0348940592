import Foundation
import SystemPackage

/// What is known about the host of a run and may explain different numbers; facts, never part of a recipe.
package struct HostFacts: Sendable, Hashable, Codable {
    /// Facts by stable key, for example `cpu.model`; a fact that cannot be had is left out.
    package let values: [String: String]

    /// Creates facts from stored values.
    package init(values: [String: String]) {
        self.values = values
    }

    /// Looks at this host; takes some tens of milliseconds.
    ///
    /// Keys: `cpu.vendor`, `cpu.model`, `cpu.flags` (sorted, those numerical libraries choose code by), `cpu.cores`,
    /// `kernel`, `arch`, `libc`, `os`, `executor`, `root`, `gpu.model` and `gpu.driver`; with the root `.host` also
    /// `package.<name>` (Debian versions of what computes), `packages.debian` (count and digest of all of them) and `blas`
    /// (the library behind libblas.so.3).
    ///
    /// - Parameters:
    ///   - executor: The probe of the executor used, or nil.
    ///   - root: The file system the command runs on.
    package static func capture(executor: ExecutorProbe?, root: ExecutionRequest.Root) async -> HostFacts {
        var values = processorFacts(cpuinfo: SmallFile.read("/proc/cpuinfo") ?? "")
        values.merge(systemFacts()) { first, _ in first }
        values.merge(await graphicsFacts()) { first, _ in first }
        if let executor, let version = executor.version {
            values["executor"] = "\(executor.executor) \(version)"
        }
        switch root {
        case .folder: values["root"] = "folder"
        case .host:
            values["root"] = "host"
            values.merge(await packageFacts()) { first, _ in first }
        }
        return HostFacts(values: values)
    }
}
