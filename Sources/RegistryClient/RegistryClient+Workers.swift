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

    /// What would keep workers from carrying out jobs that need something; nothing if one that suits is connected.
    public func checkWorkers(for needs: JobNeeds, in namespace: ResourceName) async throws -> [RecipeFinding] {
        var request = APIRequest(.get, ["namespaces", namespace.text, "workers"])
        if let gpu = needs.gpu {
            request = request.asking("gpus", String(gpu.count))
            if let model = gpu.model { request = request.asking("gpu", model) }
        }
        let page: Page<RecipeFinding> = try await send(request)
        return page.items
    }

    /// Removes a worker: its tokens end, and its jobs wait again.
    public func removeWorker(_ name: String) async throws {
        try await sendOnly(APIRequest(.delete, ["workers", name]))
    }
}
