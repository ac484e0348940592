import Hummingbird
import Registry
import RegistryTypes

/// Who signs identities, and which of them are whom.
struct IdentityRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("identity-providers", use: createProvider)
        group.get("identity-providers", use: listProviders)
        group.put("identity-providers/:provider/keys", use: setKeys)
        group.delete("identity-providers/:provider", use: removeProvider)
        group.post("identity-rules", use: createRule)
        group.get("identity-rules", use: listRules)
        group.delete("identity-rules/:rule", use: removeRule)
    }

    @Sendable func createProvider(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateIdentityProvider.self, upTo: context.maxUploadSize)
        if let text = wanted.keysCA { _ = try KeySetFetch.certificates(text) }
        return try await .json(
            registry.createIdentityProvider(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable func listProviders(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.identityProviders(request.page(), as: context.requireCaller()))
    }

    @Sendable func setKeys(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetIdentityKeys.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.setIdentityKeys(
                of: ResourceName(context.segment("provider")), wanted, as: context.requireCaller()))
    }

    @Sendable func removeProvider(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeIdentityProvider(
            ResourceName(context.segment("provider")), as: context.requireCaller())
        return Response(status: .noContent)
    }

    @Sendable func createRule(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateIdentityRule.self, upTo: context.maxUploadSize)
        return try await .json(registry.createIdentityRule(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable func listRules(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.identityRules(request.page(), as: context.requireCaller()))
    }

    @Sendable func removeRule(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeIdentityRule(ResourceName(context.segment("rule")), as: context.requireCaller())
        return Response(status: .noContent)
    }
}
