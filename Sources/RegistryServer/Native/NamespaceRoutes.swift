import Hummingbird
import Registry
import RegistryTypes

/// Namespaces, tokens and the audit log.
struct NamespaceRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("namespaces", use: create)
        group.post("tokens", use: createToken)
        group.delete("tokens/:id", use: revokeToken)
    }

    @Sendable func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateNamespace.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.createNamespace(wanted.name, as: context.requireCaller()), status: .created)
    }

    @Sendable func createToken(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateToken.self, upTo: context.maxUploadSize)
        return try .json(await registry.createToken(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable func revokeToken(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.revokeToken(context.segment("id"), as: context.requireCaller())
        return Response(status: .noContent)
    }
}
