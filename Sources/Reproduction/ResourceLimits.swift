/// What one run may use at most.
package struct ResourceLimits: Sendable, Hashable, Codable {
    /// Processor cores; enforced as a share of processor time, 1 or more.
    package var cpus: Int
    /// Memory of all processes together, temporary files in `/tmp` included, in MiB.
    package var memoryMiB: Int
    /// Processes and threads together.
    package var pids: Int
    /// Bytes in `/work` and `/out` together, and the largest single file, in MiB.
    package var scratchMiB: Int

    /// Creates limits; every value must be 1 or more, which `ExecutionRequest.validate()` checks.
    package init(cpus: Int = 1, memoryMiB: Int = 2048, pids: Int = 256, scratchMiB: Int = 4096) {
        self.cpus = cpus
        self.memoryMiB = memoryMiB
        self.pids = pids
        self.scratchMiB = scratchMiB
    }
}

extension ResourceLimits {
    /// The largest value accepted for one limit in MiB (1 PiB), which keeps all arithmetic in 64 bits.
    static let largestMiB = 1 << 30

    var memoryBytes: Int64 { Int64(memoryMiB) << 20 }

    var scratchBytes: Int64 { Int64(scratchMiB) << 20 }

    /// The size of the in-memory file systems `/tmp` and `/dev/shm`: they use memory, so memory bounds them too.
    var temporaryBytes: Int64 { min(memoryBytes, scratchBytes) }
}
