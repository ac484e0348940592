import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Who may carry out jobs: what the administrators of the server ask for.
struct WorkerRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("workers", use: create)
        group.get("workers", use: list)
        group.delete("workers/:worker", use: remove)
    }

    @Sendable func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateWorker.self, upTo: context.maxUploadSize)
        return try .json(await registry.createWorker(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.workers(request.page(), as: context.requireCaller()))
    }

    @Sendable func remove(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeWorker(context.segment("worker"), as: context.requireCaller())
        return Response(status: .noContent)
    }
}
