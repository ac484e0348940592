import Foundation
public import RegistryTypes

extension RegistryClient {
    /// What a job consists of; needs the job's own token, like everything here.
    public func job(_ id: RunID) async throws -> JobSpecification {
        try await send(APIRequest(.get, ["jobs", id.text]))
    }

    /// Keeps the lease of a job, and learns whether to go on.
    public func heartbeat(_ id: RunID) async throws -> JobHeartbeat {
        try await send(APIRequest(.post, ["jobs", id.text, "heartbeat"], isRepeatable: true))
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
