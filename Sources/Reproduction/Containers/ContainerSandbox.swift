import Foundation
import Synchronization
import SystemPackage

/// The running container of one request, found by the file in which its first process is written down.
final class ContainerSandbox: Sandbox {
    /// What the container's control group said when it was last looked at: it is gone as soon as the container is.
    struct Memory: Sendable {
        /// The highest use so far, in bytes; nil if nothing measured it.
        var peak: Int64?
        /// Whether the kernel killed a process because the limit was reached.
        var ranOut = false
    }

    private struct State {
        var process: pid_t?
        /// Tells the first process from a later one with the same number.
        var namespace: Int64?
        var group = ControlGroup(memberships: [])
        var memory = Memory()
    }

    private let processFile: FilePath
    private let monitor: RunMonitor
    private let state = Mutex(State())

    init(processFile: FilePath, monitor: RunMonitor) {
        self.processFile = processFile
        self.monitor = monitor
    }

    /// What was seen of the memory.
    var memory: Memory { state.withLock { $0.memory } }

    var firstProcess: pid_t? {
        state.withLock { state in
            guard let process = state.process, ProcessTree.namespace(of: process) == state.namespace else { return nil }
            return process
        }
    }

    /// A container that is not up yet cannot be stopped in order; it is up in half a second, on a busy machine later.
    func startedProcess() async -> pid_t? {
        for _ in 0..<3000 where !Task.isCancelled {
            observe()
            if let process = firstProcess { return process }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    func observe() {
        state.withLock { state in
            if state.process == nil, Self.find(processFile, &state) { monitor.noteBegin() }
            guard let peak = state.group.peakMemoryBytes else { return }
            state.memory = Memory(peak: peak, ranOut: state.memory.ranOut || state.group.ranOutOfMemory)
        }
    }

    func kill(launcher: pid_t) {
        // The kernel ends all processes of a namespace with its first one; podman then ends by itself.
        _ = Foundation.kill(firstProcess ?? launcher, SIGKILL)
    }

    private static func find(_ file: FilePath, _ state: inout State) -> Bool {
        guard let process = SmallFile.read(file).flatMap({ pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }),
            let namespace = ProcessTree.namespace(of: process), namespace != ProcessTree.namespace(of: getpid())
        else { return false }
        state.process = process
        state.namespace = namespace
        state.group = ControlGroup(memberships: [ControlGroupHierarchy.of(process).group(.memory)].compactMap(\.self))
        return true
    }
}
