import Hummingbird
import Registry
import RegistryTypes

/// Namespaces, tokens, and who the caller is.
struct NamespaceRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("namespaces", use: create)
        group.get("namespaces", use: list)
        group.post("tokens", use: createToken)
        group.get("tokens", use: listTokens)
        group.delete("tokens/:id", use: revokeToken)
        group.get("whoami", use: whoAmI)
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
        return try .json(
            await registry.createToken(wanted, as: context.requireCaller()), status: .created, isSecret: true)
    }

    @Sendable func revokeToken(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.revokeToken(context.segment("id"), as: context.requireCaller())
        return Response(status: .noContent)
    }

    @Sendable func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.namespaces(request.page(), as: context.requireCaller()))
    }

    @Sendable func listTokens(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.tokens(request.page(), as: context.requireCaller()))
    }

    @Sendable func whoAmI(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.whoAmI(as: context.requireCaller()))
    }
}
