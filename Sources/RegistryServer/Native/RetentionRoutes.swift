import Hummingbird
import Registry
import RegistryTypes

/// Which versions stay, and removing one.
struct RetentionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("namespaces/:namespace/retention", use: get)
        group.put("namespaces/:namespace/retention", use: set)
        group.post("namespaces/:namespace/retention/test", use: test)
        for kind in CollectionKind.allCases {
            group.delete("\(kind.path)/versions/:selector") { try await remove(kind, $0, $1) }
        }
    }

    @Sendable private func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            Page(
                items: registry.retention(
                    in: ResourceName(context.segment("namespace")), as: context.requireCaller())))
    }

    @Sendable private func set(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetRetention.self, upTo: context.maxUploadSize)
        return try await .json(
            Page(
                items: registry.setRetention(
                    wanted, in: ResourceName(context.segment("namespace")), as: context.requireCaller())))
    }

    @Sendable private func test(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(TestRetention.self, upTo: context.maxUploadSize)
        return try await .json(
            registry.testRetention(
                wanted, in: ResourceName(context.segment("namespace")), as: context.requireCaller()))
    }

    @Sendable private func remove(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.removeVersion(context.versionReference(), kind: kind, as: context.requireCaller()))
    }
}
