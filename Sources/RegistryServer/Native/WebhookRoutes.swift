import Hummingbird
import Registry
import RegistryTypes

/// Who is told of what happens.
struct WebhookRoutes {
    let registry: ModelRegistry
    let rules: OutboundRules

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("webhooks", use: create)
        group.get("webhooks", use: list)
        group.get("webhooks/:id", use: show)
        group.put("webhooks/:id", use: set)
        group.delete("webhooks/:id", use: remove)
        group.post("webhooks/:id/secret", use: rotate)
        group.post("webhooks/:id/test", use: test)
        group.post("webhooks/:id/replay", use: replay)
        group.get("webhooks/:id/deliveries", use: deliveries)
    }

    @Sendable private func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateWebhook.self, upTo: context.maxUploadSize)
        let created = try await registry.createWebhook(
            wanted, check: { _ = try await rules.address(for: $0) }, as: context.requireCaller())
        return try .json(created, status: .created)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let namespace = try request.uri.queryParameters["namespace"].map { try ResourceName($0) }
        return try await .json(
            registry.webhooks(of: namespace, request.page(), as: context.requireCaller()))
    }

    @Sendable private func show(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.webhook(context.runID(), as: context.requireCaller()))
    }

    @Sendable private func set(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetWebhook.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.setWebhook(
                context.runID(), wanted, check: { _ = try await rules.address(for: $0) }, as: context.requireCaller()))
    }

    @Sendable private func remove(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeWebhook(context.runID(), as: context.requireCaller())
        return Response(status: .noContent)
    }

    @Sendable private func rotate(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.rotateWebhookSecret(context.runID(), as: context.requireCaller()), status: .created)
    }

    @Sendable private func test(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.testWebhook(context.runID(), as: context.requireCaller()), status: .accepted)
    }

    @Sendable private func replay(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(ReplayWebhook.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.replayWebhook(context.runID(), wanted, as: context.requireCaller()), status: .accepted)
    }

    @Sendable private func deliveries(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            registry.deliveries(of: context.runID(), request.page(), as: context.requireCaller()))
    }
}
