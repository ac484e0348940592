import Hummingbird
import Registry
import RegistryTypes

/// People and services: erasing their personal data.
struct PrincipalRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("principals/:principal/erase", use: erase)
    }

    @Sendable private func erase(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.erasePrincipal(context.segment("principal"), as: context.requireCaller()))
    }
}
