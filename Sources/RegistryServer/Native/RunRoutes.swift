import Hummingbird
import Registry
import RegistryTypes

/// Runs: recording those that failed, and looking at any.
struct RunRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("namespaces/:namespace/runs", use: create)
        group.get("runs/:id", use: get)
    }

    @Sendable private func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateRun.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.createRun(
                wanted, in: ResourceName(context.segment("namespace")), as: context.requireCaller()),
            status: .created)
    }

    @Sendable private func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.run(context.runID(), as: context.requireCaller()))
    }
}
