import Foundation
import RegistryClient
import RegistryTypes
import Reproduction

/// Claims jobs with a worker's token and carries them out, until it is told to end.
struct WorkerLoop: Sendable {
    /// How long a worker waits that the server refuses for now.
    private static let pause = Duration.seconds(5)

    let client: RegistryClient
    let labels: [String: String]
    /// The executor that was chosen; nil for the first that works.
    let executor: String?
    /// Whether to end when the server is gone, as the worker does that the server started.
    let endsWithServer: Bool
    /// Tells the operator.
    let say: @Sendable (String) -> Void

    /// Works until the task is cancelled; a job that is under way is then given back.
    ///
    /// - Throws: what will not pass by itself: a token that was refused, a server without this protocol.
    func run() async throws {
        while !Task.isCancelled {
            do {
                let wait = ClaimJob.longestWait
                guard let job = try await client.claimJob(ClaimJob(labels: labels, waitSeconds: wait)).job else {
                    continue
                }
                try await carryOut(job)
            } catch let error as RegistryError where Self.mayPass(error) && !(endsWithServer && Self.isLost(error)) {
                guard !Task.isCancelled else { return }
                say("\(error.message); trying again")
                try? await ContinuousClock().sleep(for: Self.pause)
            } catch  where Task.isCancelled {
                return
            }
        }
    }

    /// Carries out one job; its errors are about this job, so that the next one may go well.
    private func carryOut(_ job: ClaimedJob) async throws {
        // What was trained is worth waiting for a server that is restarted; its own worker ends with it.
        let client = try RegistryClient(
            url: client.url, token: job.token, retries: endsWithServer ? .standard : .patient)
        let scratch = try TemporaryFolder("job-\(getpid())")
        defer { scratch.remove() }
        say("job \(job.id) started")
        do {
            try await JobWorker(client: client, id: job.id, executor: executor, scratch: scratch).run()
            say("job \(job.id) ended")
        } catch {
            let wasStopped = Task.isCancelled
            let reason = (error as? RegistryError)?.message ?? "\(error)"
            say(wasStopped ? "job \(job.id) is given back" : "job \(job.id) came to nothing: \(reason)")
            // In a task of its own: nothing is sent in one that is cancelled. A job that was taken is no longer ours.
            let answer = await Task { try await client.returnJob(job.id, wasStopped: wasStopped) }.result
            if case .failure(let error as RegistryError) = answer, Self.isLost(error) { throw error }
        }
    }

    private static func isLost(_ error: RegistryError) -> Bool { error.code == .serverUnreachable }

    private static func mayPass(_ error: RegistryError) -> Bool {
        [
            .serverUnreachable, .busy, .serverStopping, .tooManyConnections, .storageFull, .storeDegraded,
            .internalError,
        ].contains(error.code)
    }
}
