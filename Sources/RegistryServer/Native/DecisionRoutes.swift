import Hummingbird
import Registry
import RegistryTypes

/// Decisions about versions: approve, reject, withdraw.
struct DecisionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("models/:namespace/:name/versions/:selector/decisions", use: decide)
    }

    @Sendable private func decide(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(DecideVersion.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.decide(wanted, about: context.versionReference(), as: context.requireCaller()),
            status: .created)
    }
}
