public import RegistryTypes

extension RegistryClient {
    /// Makes a worker, or a further token of one; the secret is in the answer and never again.
    public func createWorker(_ worker: CreateWorker) async throws -> NewToken {
        try await send(APIRequest(.post, ["workers"]).sending(worker))
    }

    /// The workers, by name.
    public func workers(limit: Int? = nil) async throws -> [WorkerRecord] {
        try await list(APIRequest(.get, ["workers"]), limit: limit)
    }

    /// Removes a worker: its tokens end, and its jobs wait again.
    public func removeWorker(_ name: String) async throws {
        try await sendOnly(APIRequest(.delete, ["workers", name]))
    }
}
