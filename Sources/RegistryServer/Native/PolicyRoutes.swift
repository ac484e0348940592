import Hummingbird
import Registry
import RegistryTypes

/// Policies: setting them, their history, what they say about a version.
struct PolicyRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("namespaces/:namespace/policies", use: list)
        group.put("namespaces/:namespace/policies", use: set)
        group.get("namespaces/:namespace/policies/history", use: history)
        group.get("models/:namespace/:name/versions/:selector/policy", use: answer)
        group.post("models/:namespace/:name/versions/:selector/policy", use: test)
        group.get("policy-decisions/:digest", use: decision)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            Page(
                items: registry.policies(
                    in: ResourceName(context.segment("namespace")), as: context.caller(asking: request, registry))))
    }

    @Sendable private func set(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetPolicy.self, upTo: context.maxUploadSize)
        return try await .json(
            Page(
                items: registry.setPolicy(
                    wanted, in: ResourceName(context.segment("namespace")), as: context.requireCaller())))
    }

    @Sendable private func history(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            registry.policyHistory(
                in: ResourceName(context.segment("namespace")), request.page(), as: context.requireCaller()))
    }

    @Sendable private func answer(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let alias = try Alias(request.uri.queryParameters["alias"].map(String.init) ?? Alias.production)
        return try await .json(
            registry.policyAnswer(of: alias, about: context.versionReference(), as: context.requireCaller()))
    }

    @Sendable private func test(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(TestPolicy.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.testPolicy(
                of: wanted.alias ?? Alias(Alias.production), about: context.versionReference(),
                as: context.requireCaller()), status: .created)
    }

    @Sendable private func decision(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            registry.policyDecision(Digest(context.segment("digest")), as: context.requireCaller()))
    }
}
