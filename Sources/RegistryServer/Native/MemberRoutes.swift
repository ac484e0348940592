import Hummingbird
import Registry
import RegistryTypes

/// Members of namespaces.
struct MemberRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("namespaces/:namespace/members", use: list)
        group.put("namespaces/:namespace/members/:principal", use: set)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            registry.members(
                of: ResourceName(context.segment("namespace")), request.page(),
                as: context.caller(asking: request, registry)))
    }

    @Sendable private func set(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetMember.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.setMember(
                context.segment("principal"), of: ResourceName(context.segment("namespace")), to: wanted.roles,
                as: context.requireCaller()))
    }
}
