import RegistryTypes
import Synchronization

/// Where a job is, and how it is stopped: what its parts tell each other.
final class JobStage: Sendable {
    private struct State {
        var phase = ReproductionRecord.Phase.fetching
        var isStopped = false
        var isReporting = false
        var work: Task<JobResult, any Error>?
    }

    private let state = Mutex(State())

    /// What is done just now.
    var phase: ReproductionRecord.Phase {
        get { state.withLock { $0.phase } }
        set { state.withLock { $0.phase = newValue } }
    }

    /// Whether the result is on its way to the server, which ends the job when it arrives.
    var isReporting: Bool {
        get { state.withLock { $0.isReporting } }
        set { state.withLock { $0.isReporting = newValue } }
    }

    /// Ends the work, because the server asks for it.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.work?.cancel()
        }
    }

    /// Does the work; stopped work is reported as `cancelled`, however far it came.
    func stoppable(_ work: @escaping @Sendable () async throws -> JobResult) async throws -> JobResult {
        let task = Task { try await work() }
        let isStopped = state.withLock { state in
            state.work = task
            return state.isStopped
        }
        if isStopped { task.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            guard state.withLock({ $0.isStopped }) else { throw error }
            return JobResult(
                outputs: [], facts: RunFacts(), failure: "cancelled", explanation: "The run was stopped.")
        }
    }
}
