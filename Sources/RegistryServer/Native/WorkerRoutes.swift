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
        group.get("namespaces/:namespace/workers", use: check)
    }

    @Sendable func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateWorker.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.createWorker(wanted, as: context.requireCaller()), status: .created, isSecret: true)
    }

    @Sendable func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.workers(request.page(), as: context.requireCaller()))
    }

    @Sendable func check(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let query = request.uri.queryParameters
        let model = query["gpu"].map(String.init)
        let text = query["gpus"].map(String.init) ?? (model == nil ? "0" : "1")
        guard let count = Int(text), (0...1024).contains(count), model == nil || count > 0 else {
            throw RegistryError(.invalidRequest, "gpus is how many graphics processors a job needs, 0 to 1024")
        }
        let needs = JobNeeds(.init(gpu: count == 0 ? nil : .init(count: count, model: model)))
        let findings = try await registry.checkWorkers(
            for: needs, in: ResourceName(context.segment("namespace")), as: context.requireCaller())
        return try .json(Page(items: findings))
    }

    @Sendable func remove(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeWorker(context.segment("worker"), as: context.requireCaller())
        return Response(status: .noContent)
    }
}
