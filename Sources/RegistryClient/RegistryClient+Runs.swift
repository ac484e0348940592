public import RegistryTypes

extension RegistryClient {
    /// Records a run that produced no version.
    public func createRun(
        _ run: RunDescription, in namespace: ResourceName, idempotencyKey: String? = nil
    ) async throws -> RunRecord {
        let request = APIRequest(.post, ["namespaces", namespace.text, "runs"])
        return try await send(request.keyed(idempotencyKey).sending(CreateRun(run: run)))
    }

    /// One run.
    public func run(_ id: RunID) async throws -> RunRecord { try await send(APIRequest(.get, ["runs", id.text])) }
}
