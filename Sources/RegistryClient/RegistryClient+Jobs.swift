import Foundation
public import RegistryTypes

extension RegistryClient {
    /// What a job consists of; needs the job's own token, like everything here.
    public func job(_ id: RunID) async throws -> JobSpecification {
        try await send(APIRequest(.get, ["jobs", id.text]))
    }

    /// Asks for a job with a worker's token, and waits for one; never repeated, because a job may be lost with its answer.
    public func claimJob(_ claim: ClaimJob) async throws -> JobOffer {
        try await send(APIRequest(.post, ["jobs", "claim"]).sending(claim))
    }

    /// Keeps the lease of a job, and learns whether to go on.
    public func heartbeat(_ id: RunID, _ phase: ReproductionRecord.Phase) async throws -> JobHeartbeat {
        try await send(
            APIRequest(.post, ["jobs", id.text, "heartbeat"], isRepeatable: true).sending(JobProgress(phase: phase)))
    }

    /// Gives a job back that was not carried out.
    public func returnJob(_ id: RunID, wasStopped: Bool) async throws {
        try await sendOnly(APIRequest(.post, ["jobs", id.text, "return"]).sending(ReturnJob(wasStopped: wasStopped)))
    }

    /// Appends to the live log of a job; never repeated, because it would stand there twice.
    public func appendJobLog(_ id: RunID, _ text: String) async throws {
        var request = APIRequest(.post, ["jobs", id.text, "log"])
        request.body = .bytes(Data(text.utf8), type: "text/plain; charset=utf-8")
        try await sendOnly(request)
    }

    /// Reports the end of a job.
    public func reportJob(_ id: RunID, _ result: JobResult) async throws {
        let request = APIRequest(.post, ["jobs", id.text, "result"]).keyed("result-\(id.text)")
        try await sendOnly(request.sending(result))
    }
}
