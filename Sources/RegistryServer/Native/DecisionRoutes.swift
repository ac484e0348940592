import Hummingbird
import Registry
import RegistryTypes

/// Decisions about versions: asking for approval, approving, rejecting, withdrawing, and overriding a policy in an
/// emergency.
struct DecisionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("models/:namespace/:name/versions/:selector/decisions", use: decide)
        group.post("models/:namespace/:name/versions/:selector/approval-requests", use: requestApproval)
        group.get("approval-requests", use: openRequests)
        group.post("models/:namespace/:name/versions/:selector/overrides", use: requestOverride)
        group.post("overrides/:id/confirm", use: confirmOverride)
    }

    @Sendable private func decide(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(DecideVersion.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.decide(wanted, about: context.versionReference(), as: context.requireCaller()),
            status: .created)
    }

    @Sendable private func requestApproval(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestApproval.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.requestApproval(wanted, of: context.versionReference(), as: context.requireCaller()),
            status: .created)
    }

    @Sendable private func openRequests(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let namespace = try request.uri.queryParameters["namespace"].map { try ResourceName($0) }
        return try await .json(
            registry.openApprovalRequests(in: namespace, request.page(), as: context.requireCaller()))
    }

    @Sendable private func requestOverride(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestOverride.self, upTo: context.maxUploadSize)
        return try .json(
            await registry.requestOverride(wanted, for: context.versionReference(), as: context.requireCaller()),
            status: .created)
    }

    @Sendable private func confirmOverride(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(registry.confirmOverride(context.runID(), as: context.requireCaller()))
    }
}
