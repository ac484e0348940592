import Hummingbird
import Registry
import RegistryTypes

/// Collections of the bytes that nothing needs any more.
struct GarbageCollectionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("garbage-collections", use: collect)
    }

    @Sendable private func collect(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CollectGarbage.self, upTo: context.maxUploadSize)
        let report = try await registry.collectGarbage(wanted, as: context.requireCaller())
        // Thousands of decisions: to write them down takes as long as a hundred small answers.
        return try await Blocking.inBackground { try .json(report) }
    }
}
