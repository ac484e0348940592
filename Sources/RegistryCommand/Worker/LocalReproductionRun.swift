import RegistryClient
import RegistryTypes
import Reproduction

/// `assay reproduce --local`: this machine carries out the job as a worker would; the server compares and judges.
struct LocalReproductionRun {
    private static let pause = Duration.milliseconds(300)

    let client: RegistryClient
    let console: Console

    /// Begins the job, carries it out and returns how it ended; the server is told if it comes to nothing, as by Ctrl-C.
    func reproduce(
        _ kind: Verdict.Kind, of version: VersionArgument, tolerances: Recipe.Comparison?
    ) async throws -> ReproductionRecord {
        let executor = try Executors.chosen()
        _ = try await Executors.required(executor)
        let begun = try await client.beginLocalReproduction(
            kind, of: version.reference, in: version.kind, tolerances: tolerances)
        let id = begun.record.id
        console.note("\(kind.rawValue) \(id) of \(begun.record.version), on this machine")
        guard let token = begun.token else { return begun.record }
        do {
            _ = try await Interruption.cancelling { try await carryOut(id, token: token, on: executor) }
        } catch {
            // In a task of its own: nothing is sent in one that is cancelled.
            _ = await Task { try await client.cancelReproduction(id) }.result
            throw error
        }
        return try await client.reproduction(id)
    }

    private func carryOut(_ id: RunID, token: String, on executor: String?) async throws {
        let scratch = try TemporaryFolder("job")
        defer { scratch.remove() }
        let worker = JobWorker(
            client: try RegistryClient(url: client.url, token: token), id: id, executor: executor, scratch: scratch)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await showLog(of: id) }
            try await worker.run()
        }
    }

    /// Shows the log as it grows, until it is complete or the task is cancelled.
    private func showLog(of id: RunID) async {
        var log = ReproductionLogReader(of: id, client: client, console: console)
        repeat {
            guard let isComplete = try? await log.passOn().isComplete, !isComplete else { return }
        } while (try? await ContinuousClock().sleep(for: Self.pause)) != nil
    }
}
